"""The generated document names every topic and every payload."""

import json

from hall_server.mqtt.asyncapi import asyncapi
from hall_server.mqtt.names import Channel


def test_every_channel_has_its_operation_and_message() -> None:
    document = asyncapi("OneDoor", "1")
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert addresses == {f"hall/{{hall}}/dev/{{device}}/{channel}" for channel in Channel}
    assert document["operations"]["up_state"]["bindings"]["mqtt"]["retain"] is True
    assert document["operations"]["down_command"]["action"] == "send"


def test_every_reference_leads_somewhere() -> None:
    document = asyncapi("OneDoor", "1")
    references = [part.split('"')[0] for part in json.dumps(document).split('"$ref": "#/')[1:]]
    assert references
    for reference in references:
        place = document
        for step in reference.split("/"):
            place = place[step]
