"""Prints, for every reading operation of the shape table, an answer that fills in every field that the
CLI's model has, and what the CLI prints for it: [{"action", "version", "path", "xml", "printed"}].

    every_field.py TABLE       (data/aws-shapes.json)

The answer is read by the CLI's own parser with the CLI's own way of printing, so this needs no
cloud, and reaches fields that no cloud here fills in.
"""

import json
import sys
from xml.sax.saxutils import escape

from awscli.botocore import parsers, session
from awscli.customizations.scalarparse import identity, iso_format

LEAVES = {
    "string": "a “string” <&> of 'it'",
    "character": "c",
    "blob": "YmxvYg==",
    "integer": "-7",
    "long": "9007199254740993",
    "float": "2.5",
    "double": "0.1",
    "boolean": "true",
    "timestamp": "2026-01-02T03:04:05.678Z",
}


def answer(operation, pages: dict | None) -> str:
    inside = filled(operation.output_shape, (), skip(pages))
    if wrapper := operation.output_shape.serialization.get("resultWrapper"):
        inside = f"<{wrapper}>{inside}</{wrapper}><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
    return f'<{operation.name}Response xmlns="urn:x">\n{inside}<requestId>r</requestId></{operation.name}Response>'


def skip(pages: dict | None) -> set:
    """The members that would ask for another page."""
    return {pages["out"], pages.get("more")} if pages else set()


def filled(shape, above: tuple, without=()) -> str:
    if shape.type_name in LEAVES:
        return escape(LEAVES[shape.type_name])
    if shape.name in above:
        return ""
    above = (*above, shape.name)
    if shape.type_name == "list":
        return 2 * f"<item>{filled(shape.member, above)}</item>"
    if shape.type_name == "map":
        key, value = (part.serialization.get("name", name)
                      for part, name in ((shape.key, "key"), (shape.value, "value")))
        return f"<entry><{key}>k</{key}><{value}>{filled(shape.value, above)}</{value}></entry>"
    members = []
    for name, member in shape.members.items():
        if name not in without:
            element = member.serialization.get("name", name)
            members.append(f"<{element}>{filled(member, above)}</{element}>")
    return "\n".join(members)


def printed(protocol: str, operation, xml: str, pages: dict | None) -> str:
    factory = parsers.ResponseParserFactory()
    factory.set_parser_defaults(timestamp_parser=iso_format, blob_parser=identity)
    response = {"body": xml.encode(), "headers": {}, "status_code": 200}
    parsed = factory.create_parser(protocol).parse(response, operation.output_shape)
    del parsed["ResponseMetadata"]
    if pages:
        parsed = {pages["list"]: parsed[pages["list"]]}
    return json.dumps(parsed, indent=4, ensure_ascii=False) + "\n"


def main(table: str) -> None:
    with open(table, encoding="utf-8") as file:
        services = json.load(file)["services"]
    rows = []
    for service, entry in services.items():
        model = session.get_session().get_service_model(service)
        for name, known in entry["operations"].items():
            # What writing calls answer is not kept.
            if not name.startswith(("Describe", "Get", "Search")):
                continue
            operation, pages = model.operation_model(name), known.get("pages")
            xml = answer(operation, pages)
            text = printed(model.protocol, operation, xml, pages)
            path = f"{service}-{known['command']}"
            rows.append({"action": name, "version": entry["version"], "path": path, "xml": xml, "printed": text})
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
