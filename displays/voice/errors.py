"""What can go wrong when the hall speaks, one class per thing a caller may do differently."""


class VoiceError(Exception):
    """Root of this folder's errors.

    Attributes:
        code: Stable name of the error for logs, alarms and translations.
        fields: Data of the error; nothing personal.
    """

    code = "voice.error"

    def __init__(self, **fields: object) -> None:
        super().__init__(self.code, fields)
        self.fields = fields


class VoiceFailed(VoiceError):
    """This phrase was not rendered; the next one may well be."""

    code = "voice.failed"


class VoiceUnavailable(VoiceError):
    """This machine has no engine, or none for the language: show the text and let the page's own voice speak."""

    code = "voice.unavailable"


class BadWave(VoiceError):
    """A file is no 16-bit mono WAV, or does not fit the others of its bank; `fields["file"]` names it."""

    code = "voice.bad_wave"
