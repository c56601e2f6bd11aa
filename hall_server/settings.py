"""The settings of a hall: one table (name, type, default, unit, help), read once into a frozen object."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from hall_server.errors import Invalid
from hall_server.outbox.place import NeighbourPlace


def _about(help_: str, unit: str = "", **bounds: Any) -> Meta:  # msgspec.Meta takes them
    return Meta(description=help_, extra_json_schema={"unit": unit} if unit else None, **bounds)


Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
_S = TypeVar("_S", bound=msgspec.Struct)
_DAY = r"^\d{4}-\d{2}-\d{2}$"
Port = Annotated[int, Meta(ge=0, le=65_535)]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set, with what it does.

    A file `hall.toml` gives values; the command line gives the ports and the data folder.
    """

    hall: Annotated[Name, _about("Id of the hall, in topics and at the city; lower case, never changed afterwards")] = (
        "hall"
    )
    demo: Annotated[bool, _about("Demonstration hall: anyone may take tickets, accounts are printed")] = False
    timezone: Annotated[str, _about("Time zone of the hall")] = "Asia/Shanghai"
    http_host: Annotated[str, _about("Address the web server listens on")] = "0.0.0.0"  # noqa: S104  # the hall's screens are other machines
    http_port: Annotated[Port, _about("Port of the web server; 0 takes any free one")] = 8080
    public_url: Annotated[
        str | None, _about("Address visitors' phones reach, for QR codes; none: the address asked for")
    ] = None
    trusted_hosts: Annotated[
        tuple[str, ...], _about("Host names the server answers to; empty: its own addresses and names")
    ] = ()
    mqtt_broker: Annotated[
        Literal["embedded", "external"], _about("The broker inside this process, or one beside it (Mosquitto)")
    ] = "embedded"
    mqtt_host: Annotated[str, _about("Address of the broker; for the embedded one the address it listens on")] = (
        "0.0.0.0"  # noqa: S104  # as http_host
    )
    mqtt_port: Annotated[Port, _about("Port of the broker; 0 takes any free one (embedded only)")] = 1883
    mqtt_tls_certificate: Annotated[
        str | None, _about("Certificate chain (PEM) of the embedded broker; with it the broker also speaks TLS")
    ] = None
    mqtt_tls_key: Annotated[str | None, _about("Private key (PEM) of that certificate")] = None
    mqtt_tls_port: Annotated[
        Port, _about("Port of the embedded broker for TLS (MQTTS); 0 takes any free one; needs the certificate")
    ] = 8883
    mqtt_tls_only: Annotated[bool, _about("The embedded broker takes no device without TLS")] = False
    mqtt_tls_authority: Annotated[
        str | None, _about("Authority (PEM) that signed the outside broker's certificate; with it the hall uses TLS")
    ] = None
    device_credential_days: Annotated[
        int, _about("A device's credential older than this raises an alarm; 0: never", "days", ge=0, le=3_650)
    ] = 0
    open_ticketing: Annotated[
        bool, _about("Anyone in the hall's network may take a ticket, not only paired kiosks")
    ] = False
    tickets_per_minute: Annotated[
        int, _about("Tickets one address may take in a minute", "tickets", ge=1, le=100_000)
    ] = 30
    session_idle_s: Annotated[Seconds, _about("A session without a request ends after", "s")] = 900
    session_max_s: Annotated[Seconds, _about("A session ends at the latest after", "s")] = 43_200
    recall_gap_s: Annotated[Seconds, _about("Recalls of one ticket are at least so far apart", "s")] = 10
    recalls_max: Annotated[int, _about("A ticket is called again at most so often", "recalls", ge=0, le=20)] = 3
    pass_after_calls: Annotated[int, _about("A ticket may be passed after so many calls", "calls", ge=1, le=20)] = 2
    pass_after_s: Annotated[Seconds, _about("A ticket may be passed so long after its first call", "s")] = 30
    passed_resume_last: Annotated[
        int,
        _about("A passed ticket may be called again while among the last passed of its window", "tickets", ge=0, le=50),
    ] = 3
    requeues_max: Annotated[
        int, _about("A ticket may be put back into the line so often, then it is passed", "times", ge=0, le=20)
    ] = 2
    hold_s: Annotated[Seconds, _about("A held ticket returns to the head after", "s")] = 900
    ageing_s: Annotated[Seconds, _about("A ticket that waits longer goes before the priority classes", "s")] = 1_800
    rating_s: Annotated[Seconds, _about("The pad asks for a rating so long after the end", "s")] = 30
    rating_days: Annotated[
        int, _about("A visit may be rated so many days afterwards; 0: on its day only", "days", ge=0, le=30)
    ] = 7
    rating_burst_count: Annotated[
        int, _about("More visits of one window than this, rated from one place at once: marked", "visits", ge=1, le=50)
    ] = 3
    rating_burst_s: Annotated[Seconds, _about("Ratings this near to each other are given at once", "s")] = 20
    pad_staff: Annotated[
        Literal["name", "number", "both"], _about("What a window's screens show of who sits there")
    ] = "both"
    wait_goal_min: Annotated[
        int, _about("The hall's goal: called within so long; the on-time rate counts against it", "min", ge=1, le=240)
    ] = 20
    ratings_public_least: Annotated[
        int, _about("On the public page a group with fewer ratings shows no figures", "ratings", ge=1, le=1_000)
    ] = 5
    ratings_public_staff: Annotated[
        bool, _about("The public page of ratings also shows the figures of each member of staff, by name")
    ] = False
    upward_url: Annotated[
        str | None,
        _about("Platform that takes the hall's ratings (city, province); https, or http to this machine; none: nobody"),
    ] = None
    upward_authority: Annotated[
        str | None, _about("Authority (PEM) that signed the platform's certificate; none: those the system knows")
    ] = None
    upward_batch: Annotated[int, _about("Ratings sent upward at once", "ratings", ge=1, le=1_000)] = 100
    upward_after_s: Annotated[
        Seconds, _about("A rating is sent upward so long after it was given, when it changes no more", "s")
    ] = 660
    upward_from: Annotated[
        Annotated[str, Meta(pattern=_DAY)] | None,
        _about("Ratings before this day are not sent upward, YYYY-MM-DD; none: all"),
    ] = None
    upward_texts: Annotated[bool, _about("What visitors wrote is sent upward with their ratings")] = False
    city_url: Annotated[
        str | None,
        _about("The city centre this hall links up with; wss://…, or ws:// to this machine; none: the hall is alone"),
    ] = None
    city_token_file: Annotated[
        str | None, _about("File with this hall's token at the city, one line, mode 600; none: keys/city.token")
    ] = None
    city_authority: Annotated[
        str | None, _about("Authority (PEM) that signed the city's certificate; none: those the system knows")
    ] = None
    city_certificate: Annotated[
        str | None,
        _about("This hall's certificate (PEM) for the city, in place of a token; its common name is the hall"),
    ] = None
    city_key: Annotated[str | None, _about("Private key (PEM) of that certificate")] = None
    city_pace: Annotated[
        int,
        _about(
            "So many events a second are sent to the city at most while the hall catches up; 0: no limit",
            "events/s",
            ge=0,
            le=1_000_000,
        ),
    ] = 5_000
    confirmation_s: Annotated[
        float,
        _about("A sheet to confirm goes back to the window when nobody has touched it for", "s", ge=10, le=86_400),
    ] = 180
    confirmation_days: Annotated[
        int, _about("Confirmed sheets and their signatures are kept so long, then erased", "days", ge=1, le=36_500)
    ] = 3_650
    document_certificate: Annotated[
        str | None,
        _about("Certificate that documents of cases are signed with: PEM chain, or PKCS #12; none: a test certificate"),
    ] = None
    document_key: Annotated[str | None, _about("Private key (PEM) of that certificate; not with PKCS #12")] = None
    document_passphrase_file: Annotated[
        str | None, _about("File with the pass phrase of that key, one line, mode 600; none: it has none")
    ] = None
    report_days: Annotated[int, _about("Reports are kept so long, then removed", "days", ge=1, le=36_500)] = 400
    person_check_url: Annotated[
        str | None,
        _about("Service asked before an identified person gets a number; https, or http to this machine; none: nobody"),
    ] = None
    person_check_s: Annotated[
        float, _about("The service is waited for so long, then the number is given", "s", gt=0, le=30)
    ] = 2
    neighbours: Annotated[
        dict[Name, NeighbourPlace],
        _about("Servers of others that cases go to: tables `[neighbours.sms]` … of the file"),
    ] = {}
    voice: Annotated[bool, _about("Speak the calls")] = True
    voice_languages: Annotated[tuple[str, ...], _about("Languages spoken, in order")] = ("zh", "en")
    voice_yao: Annotated[bool, _about("Say 1 as 幺 in ticket numbers")] = False
    voice_chime: Annotated[bool, _about("A chime before each call")] = True
    voice_clips: Annotated[str | None, _about("Folder of recorded clips; joined where they can say the call")] = None
    voice_until_s: Annotated[Seconds, _about("A call older than this is no longer spoken", "s")] = 30


def load(path: Path | None, **given: object) -> Settings:
    """Settings from a file, the command line's values over them.

    Raises:
        Invalid: the file cannot be read, or a value is wrong; the field is named.
    """
    return load_as(Settings, path, **given)


def load_as(kind: type[_S], path: Path | None, **given: object) -> _S:
    """Settings of a kind of server; see `load`."""
    values = _file(path) if path else {}
    values.update({name: value for name, value in given.items() if value is not None})
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as exc:
        raise Invalid("settings.invalid", reason=str(exc), file=str(path or "")) from exc


def _file(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            found = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as exc:
        raise Invalid("settings.unreadable", file=str(path), reason=str(exc)) from exc
    beside = {"neighbours": found["neighbours"]} if "neighbours" in found else {}
    return {**found.get("settings", {}), **beside}


def table(kind: type[msgspec.Struct] = Settings) -> list[tuple[str, str, str, str, str]]:
    """Name, type, default, unit and help of every setting; the docs page is made of it."""
    properties = msgspec.json.schema(kind)["$defs"][kind.__name__]["properties"]
    return [
        (name, _type(entry), repr(entry.get("default")), entry.get("unit", ""), entry.get("description", ""))
        for name, entry in properties.items()
    ]


def _type(entry: dict[str, Any]) -> str:
    if "enum" in entry:
        return " | ".join(map(str, entry["enum"]))
    return str(entry.get("type") or " | ".join(str(option.get("type")) for option in entry.get("anyOf", ())))
