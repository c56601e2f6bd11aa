"""The table of topics as an AsyncAPI 3 document."""

from typing import Any

import msgspec

from hall_server.mqtt.topics import TABLE, Row


def asyncapi(title: str, version: str) -> dict[str, Any]:
    """An AsyncAPI document of every topic, seen from the server.

    Source: AsyncAPI specification 3.0.0; bindings of MQTT 0.2.0.
    """
    _, schemas = msgspec.json.schema_components(
        [row.payload for row in TABLE.values()], ref_template="#/components/schemas/{name}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {"title": title, "version": version},
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "{host}:{port}",
                "protocol": "mqtt",
                "protocolVersion": "3.1.1",
                "variables": {"host": {"default": "localhost"}, "port": {"default": "1883"}},
                "security": [{"$ref": "#/components/securitySchemes/device"}],
            }
        },
        "channels": {_key(row): _channel(row) for row in TABLE.values()},
        "operations": {_key(row): _operation(row) for row in TABLE.values()},
        "components": {
            "schemas": schemas,
            "messages": {row.payload.__name__: _message(row) for row in TABLE.values()},
            "securitySchemes": {
                "device": {"type": "userPassword", "description": "user name and client id are the device's id"}
            },
        },
    }


def _key(row: Row) -> str:
    return row.channel.replace("/", "_")


def _channel(row: Row) -> dict[str, Any]:
    return {
        "address": "hall/{hall}/dev/{device}/" + row.channel,
        "parameters": {"hall": {"description": "the hall's id"}, "device": {"description": "the device's id"}},
        "messages": {row.payload.__name__: {"$ref": f"#/components/messages/{row.payload.__name__}"}},
    }


def _operation(row: Row) -> dict[str, Any]:
    return {
        "action": "receive" if row.channel.startswith("up/") else "send",
        "channel": {"$ref": f"#/channels/{_key(row)}"},
        "summary": (row.payload.__doc__ or "").strip(),
        "bindings": {"mqtt": {"qos": row.qos, "retain": row.is_retained, "bindingVersion": "0.2.0"}},
    }


def _message(row: Row) -> dict[str, Any]:
    return {
        "name": row.payload.__name__,
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{row.payload.__name__}"},
    }
