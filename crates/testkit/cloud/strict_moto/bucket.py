"""Buckets: a conditional write is one act.

moto looks whether an object is there and puts it in two steps, and its server has threads: of
two that put one object with If-None-Match at once both could succeed. With the provider one
does ("How to prevent object overwrites with conditional writes", S3 user guide).
"""

import threading

from moto.s3.responses import S3Response

_one_at_a_time = threading.RLock()
_moto_put_object = S3Response.put_object


def put_object(self: S3Response):
    """moto's own, one at a time."""
    with _one_at_a_time:
        return _moto_put_object(self)


def install() -> None:
    """Patch S3's writes."""
    S3Response.put_object = put_object
