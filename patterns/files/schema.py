"""The JSON Schema of the file, made from the documents: what an editor knows of a catalogue that is being written.

Draft 7, which TOML language servers read. Every export is valid by it; what it cannot say (a name repeated in another
case, an entry that relates to itself) the import still refuses.
"""

from typing import Any

from patterns.document.catalog import Category
from patterns.document.entry import CHILDREN, Entry
from patterns.document.register import Key, Layout, Table, keys_of, summary_of
from patterns.files.reader import CatalogTable, EndTable, File

DRAFT = "http://json-schema.org/draft-07/schema#"
Schema = dict[str, Any]


def file_schema(*, address: str) -> Schema:
    """The schema whose one address, its ``$id``, is given."""
    schema = File.model_json_schema(ref_template="#/definitions/{model}")
    definitions = schema["$defs"]
    tables: tuple[type[Table], ...] = (Entry, Category, CatalogTable, EndTable, *CHILDREN.values())
    models = {model.__name__: model for model in tables}
    return {
        "$schema": DRAFT,
        "$id": address,
        "title": "Catalogue of architectures",
        **table_schema(File, schema),
        "definitions": {name: table_schema(models[name], definitions[name]) for name in sorted(definitions)},
    }


def table_schema(model: type[Table], schema: Schema) -> Schema:
    """A table with a description of itself and of each key."""
    about = keys_of(model)
    properties = {
        key: {"description": about[key].help, **key_schema(about[key], one)}
        for key, one in schema["properties"].items()
    }
    required = {"required": schema["required"]} if "required" in schema else {}
    kept = {"type": "object", "additionalProperties": False, "properties": properties}
    return {"description": summary_of(model), **kept, **required}


def key_schema(key: Key, schema: Schema) -> Schema:
    """The schema of a key as files state it: no null, which TOML does not have, and no default but a word."""
    kept = {name: one for name, one in schema.items() if name not in ("title", "anyOf", "default")}
    if isinstance(default := schema.get("default"), str) and default:
        kept["default"] = default
    if key.identity:
        kept["uniqueItems"] = True
    stated = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if key.layout is Layout.TABLE and key.section:  # of an entry, and an empty one clears it
        return {"anyOf": [*stated, {"type": "object", "maxProperties": 0}]}
    return {**kept, **(stated[0] if stated else {})}
