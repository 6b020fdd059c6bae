"""The JSON Schema of the file, made from the documents: what an editor knows of a catalogue that is being written.

Draft 7, which TOML language servers read. Every export is valid by it; what it cannot say (a name repeated in another
case, an entry that relates to itself) the import still refuses.
"""

from typing import Any

from patterns.document.descriptions import DESCRIPTIONS
from patterns.document.entry import Category, Entry, Table
from patterns.files.reader import CatalogTable, EndTable

DRAFT = "http://json-schema.org/draft-07/schema#"
ONCE = ("keywords", "aliases", "use_when", "avoid_when", "relations", "known_as")
Schema = dict[str, Any]


class File(Table):
    """The tables of a file, as they stand in it."""

    catalog: CatalogTable = CatalogTable()
    categories: tuple[Category, ...] = ()
    items: tuple[Entry, ...] = ()
    end: EndTable | None = None


def file_schema(*, address: str) -> Schema:
    """The schema whose one address, its ``$id``, is given."""
    schema = File.model_json_schema(ref_template="#/definitions/{model}")
    definitions = schema["$defs"]
    return {
        "$schema": DRAFT,
        "$id": address,
        "title": "Catalogue of architectures",
        **table(File.__name__, schema),
        "definitions": {name: table(name, definitions[name]) for name in sorted(definitions)},
    }


def table(name: str, schema: Schema) -> Schema:
    """A table with a description of itself and of each key."""
    about = DESCRIPTIONS[name]
    properties = {key: {"description": about[key], **value(key, one)} for key, one in schema["properties"].items()}
    required = {"required": schema["required"]} if "required" in schema else {}
    kept = {"type": "object", "additionalProperties": False, "properties": properties}
    return {"description": about[""], **kept, **required}


def value(key: str, schema: Schema) -> Schema:
    """The schema of a key as files state it: no null, which TOML does not have, and no default but a word."""
    kept = {name: one for name, one in schema.items() if name not in ("title", "anyOf", "default")}
    if isinstance(default := schema.get("default"), str) and default:
        kept["default"] = default
    if key in ONCE:
        kept["uniqueItems"] = True
    stated = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if key == "origin":  # an empty table clears it
        return {"anyOf": [*stated, {"type": "object", "maxProperties": 0}]}
    return {**kept, **(stated[0] if stated else {})}
