# SPDX-License-Identifier: GPL-2.0-or-later
"""A validator for as much of JSON Schema 2020-12 as the published schemas use.

It refuses a schema with a keyword that it does not know, so that nothing in a
schema goes unchecked unnoticed.
"""
import re

TEXT_ONLY = {"$schema", "$id", "$comment", "$defs", "title", "description"}
TYPES = {"object": dict, "array": list, "string": str, "integer": int}


class Invalid(Exception):
    pass


def resolve(root, ref):
    node = root
    for part in ref.removeprefix("#/").split("/"):
        node = node[part]
    return node


def need(ok, where, what):
    if not ok:
        raise Invalid("%s: %s" % (where or "document", what))


def object_check(root, schema, value, where):
    properties = schema.get("properties", {})
    for key in schema.get("required", []):
        need(key in value, where, "'%s' is missing" % key)
    for key, item in value.items():
        if key in properties:
            check(root, properties[key], item, where + "/" + key)
        else:
            need(schema.get("additionalProperties", True) is not False, where, "unknown field '%s'" % key)


def array_check(root, schema, value, where):
    need(schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)), where, "number of elements")
    for i, item in enumerate(value):
        check(root, schema.get("items", True), item, "%s/%d" % (where, i))


def one_of_check(root, schema, value, where):
    fitting = 0
    for one in schema["oneOf"]:
        try:
            check(root, one, value, where)
            fitting += 1
        except Invalid:
            pass
    need(fitting == 1, where, "fits %d of the forms, not one" % fitting)


def check(root, schema, value, where=""):
    """Raises Invalid when the value does not conform."""
    if schema is True:
        return
    need(schema is not False, where, "not allowed here")
    for key in schema:
        if key not in TEXT_ONLY and key not in KEYWORDS:
            raise ValueError("%s: this checker does not know the keyword '%s'" % (where, key))
    if "$ref" in schema:
        check(root, resolve(root, schema["$ref"]), value, where)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # to a schema 1.0 and 1e0 are the integer 1
    if "type" in schema:
        need(isinstance(value, TYPES[schema["type"]]) and not isinstance(value, bool), where,
             "is no " + schema["type"])
    if "const" in schema:
        need(value == schema["const"] and type(value) is type(schema["const"]), where, "must be %r" % schema["const"])
    if "enum" in schema:
        need(value in schema["enum"] and not isinstance(value, bool), where, "%r is none of the words" % (value,))
    if isinstance(value, str):
        need(schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)), where, "length")
        need("pattern" not in schema or re.search(schema["pattern"].replace("$", r"\Z"), value), where, "pattern")
    if isinstance(value, int) and not isinstance(value, bool):
        need(schema.get("minimum", value) <= value <= schema.get("maximum", value), where, "out of range")
    if isinstance(value, dict):
        object_check(root, schema, value, where)
    if isinstance(value, list):
        array_check(root, schema, value, where)
    if "oneOf" in schema:
        one_of_check(root, schema, value, where)


KEYWORDS = {"$ref", "type", "const", "enum", "minLength", "maxLength", "pattern", "minimum", "maximum", "required",
            "properties", "additionalProperties", "items", "minItems", "maxItems", "oneOf"}
