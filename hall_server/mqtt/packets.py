"""MQTT 3.1.1 packets on a stream, whole or not at all; amqtt's codecs read and write them."""

import asyncio
from typing import Any, NamedTuple, TypeAlias

from amqtt.adapters import BufferReader
from amqtt.mqtt import packet_class
from amqtt.mqtt.connack import ConnackPacket
from amqtt.mqtt.connect import ConnectPacket
from amqtt.mqtt.packet import CONNECT, MQTTFixedHeader, MQTTPacket
from amqtt.mqtt.puback import PubackPacket
from amqtt.mqtt.pubcomp import PubcompPacket
from amqtt.mqtt.publish import PublishPacket
from amqtt.mqtt.pubrec import PubrecPacket
from amqtt.mqtt.suback import SubackPacket
from amqtt.mqtt.unsuback import UnsubackPacket

ACCEPTED, BAD_PROTOCOL, BAD_CLIENT_ID, UNAVAILABLE, BAD_CREDENTIAL = 0, 1, 2, 3, 4
"""Answers to CONNECT. Source: MQTT 3.1.1, table 3.1."""
AnyPacket: TypeAlias = MQTTPacket[Any, Any, Any]
PINGRESP = b"\xd0\x00"
_MOST_LENGTH_BYTES = 4


class BrokenPacket(Exception):
    """The peer does not speak MQTT 3.1.1 or sends more than it may; the connection ends."""


class WrongProtocol(BrokenPacket):
    """The peer speaks another version of MQTT."""


class Frame(NamedTuple):
    """One packet as it came: type, flags and what follows the length."""

    type: int
    flags: int
    body: bytes


async def read_frame(reader: asyncio.StreamReader, *, limit_bytes: int) -> Frame:
    """The next packet.

    Raises:
        BrokenPacket: it is longer than the limit, or its length is no length.
        asyncio.IncompleteReadError: the connection ended.
    """
    head = (await reader.readexactly(1))[0]
    length = 0
    for position in range(_MOST_LENGTH_BYTES):
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 0x7F) << 7 * position
        if byte < 0x80:
            break
    else:
        raise BrokenPacket("length of more than four bytes")
    if length > limit_bytes:
        raise BrokenPacket(f"{length} bytes, {limit_bytes} are taken")
    return Frame(head >> 4, head & 0x0F, await reader.readexactly(length) if length else b"")


async def parse(frame: Frame) -> AnyPacket:
    """The packet in a frame; its parts never reach beyond the frame.

    Raises:
        WrongProtocol: CONNECT of another version.
        BrokenPacket: it is none.
    """
    if frame.type == CONNECT and not frame.body.startswith(b"\x00\x04MQTT\x04"):
        raise WrongProtocol("not MQTT 3.1.1")
    header = MQTTFixedHeader(frame.type, frame.flags, len(frame.body))
    try:
        packet: AnyPacket = await packet_class(header).from_stream(BufferReader(frame.body), fixed_header=header)
        return packet
    except Exception as exc:  # struct.error, IndexError and whatever else a codec trips over is the peer's doing
        raise BrokenPacket(f"type {frame.type}: {type(exc).__name__}") from exc


async def read_connect(reader: asyncio.StreamReader, *, limit_bytes: int) -> ConnectPacket:
    """The first packet of a connection.

    Raises:
        BrokenPacket: it is no CONNECT.
    """
    packet = await parse(await read_frame(reader, limit_bytes=limit_bytes))
    if not isinstance(packet, ConnectPacket) or packet.reserved_flag:
        raise BrokenPacket("the first packet is not CONNECT")
    if packet.will_flag and (packet.will_topic is None or packet.will_message is None or packet.will_qos > 2):
        raise BrokenPacket("a will without topic or message")
    return packet


def connack(answer: int) -> bytes:
    """The answer to CONNECT; no session is ever kept, so none is ever present."""
    return bytes(ConnackPacket.build(0, answer).to_bytes())


def publish(topic: str, payload: bytes, *, packet_id: int | None, is_retained: bool) -> bytes:
    """A message on its way out: QoS 1 where it has a packet id, else 0."""
    qos = 0 if packet_id is None else 1
    return bytes(PublishPacket.build(topic, payload, packet_id, False, qos, is_retained).to_bytes())


def puback(packet_id: int) -> bytes:
    """QoS 1: taken."""
    return bytes(PubackPacket.build(packet_id).to_bytes())


def pubrec(packet_id: int) -> bytes:
    """QoS 2: taken."""
    return bytes(PubrecPacket.build(packet_id).to_bytes())


def pubcomp(packet_id: int) -> bytes:
    """QoS 2: forgotten."""
    return bytes(PubcompPacket.build(packet_id).to_bytes())


def suback(packet_id: int, granted: list[int]) -> bytes:
    """Per filter the QoS granted, or 0x80: refused."""
    return bytes(SubackPacket.build(packet_id, granted).to_bytes())


def unsuback(packet_id: int) -> bytes:
    """Unsubscribed."""
    return bytes(UnsubackPacket.build(packet_id).to_bytes())
