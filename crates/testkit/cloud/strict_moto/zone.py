"""An AAAA record holds an IPv6 address; moto keeps whatever it is given."""

import ipaddress

from moto.route53.exceptions import Route53ClientError
from moto.route53.models import Route53Backend

_change = Route53Backend.change_resource_record_sets


def _change_checked(self, zoneid, change_list):
    for change in change_list:
        records = change["ResourceRecordSet"]
        if records.get("Type") != "AAAA" or change["Action"] == "DELETE":
            continue
        for record in records.get("ResourceRecords") or []:
            value = record["Value"] if isinstance(record, dict) else record
            try:
                ipaddress.IPv6Address(value)
            except ValueError:
                raise Route53ClientError(
                    "InvalidChangeBatch",
                    "[Invalid Resource Record: 'FATAL problem: AAAARRDATAIllegalIPv6Address "
                    f"(Value is not a valid IPv6 address) encountered with '{value}'']",
                ) from None
    return _change(self, zoneid, change_list)


def install() -> None:
    Route53Backend.change_resource_record_sets = _change_checked
