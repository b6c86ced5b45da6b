# SPDX-License-Identifier: Apache-2.0
"""Everything lilong raises: one exception class per kind of cause, all with the same fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Error(Exception):
    """Base of all errors of lilong.

    `id` is stable and meant for programs; `file` and `layer` are empty where they do not apply.
    `diagnostics` holds every finding when there is more than one; the fields are of the first.
    """

    def __init__(
        self,
        id: str,
        message: str,
        *,
        file: str = "",
        layer: str = "",
        remedy: str = "",
        diagnostics: Sequence[Mapping[str, str]] = (),
    ) -> None:
        self.id = id
        self.message = message
        self.file = file
        self.layer = layer
        self.remedy = remedy
        self.diagnostics = list(diagnostics)
        super().__init__(str(self))

    def __str__(self) -> str:
        text = self.message
        if self.layer:
            text = f"layer '{self.layer}': {text}"
        if self.file:
            text = f"{self.file}: {text}"
        text = text.rstrip(".") + "."
        if self.remedy:
            text += f" {self.remedy.rstrip('.')}."
        return text

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.__dict__.copy()))


class FileError(Error):
    """A file is missing, unreadable, empty or cannot be written."""


class NetworkError(Error):
    """The network file is damaged, of another format, or not quantised."""


class UnsupportedError(Error):
    """The network needs something that the chip or this version does not do."""


class InputError(Error):
    """Number, shape or type of the inputs does not fit the network."""


class ProgramError(Error):
    """The program file is damaged, or of another version or preset."""


class DeviceError(Error):
    """The device is unknown or not available here."""


class TrapError(Error):
    """The device stopped the program, or it took longer than its bound."""


class OptionError(Error):
    """An option is unknown or does not apply."""


class InternalError(Error):
    """A mistake in lilong itself."""


_CLASSES: dict[str, type[Error]] = {
    "fileNotFound": FileError,
    "fileUnreadable": FileError,
    "fileWriteFailed": FileError,
    "fileEmpty": FileError,
    "notATfliteFile": NetworkError,
    "networkCorrupt": NetworkError,
    "networkNotQuantised": NetworkError,
    "unsupportedOperator": UnsupportedError,
    "unsupportedVariant": UnsupportedError,
    "hostNotAllowed": UnsupportedError,
    "doesNotFit": UnsupportedError,
    "inputCount": InputError,
    "inputShape": InputError,
    "inputType": InputError,
    "programCorrupt": ProgramError,
    "programVersion": ProgramError,
    "programPreset": ProgramError,
    "programIllFormed": ProgramError,
    "unknownOption": OptionError,
    "unknownPreset": OptionError,
    "unknownDevice": DeviceError,
    "deviceUnavailable": DeviceError,
    "deviceLost": DeviceError,
    "deviceMismatch": DeviceError,
    "deviceTrap": TrapError,
    "deviceTimeout": TrapError,
    "outOfMemory": DeviceError,
    "internal": InternalError,
}


def make(
    id: str, message: str, *, file: str = "", layer: str = "", remedy: str | None = None
) -> Error:
    """An error of the class that belongs to `id`; without `remedy`, the usual one of the id."""
    if remedy is None:
        remedy = _REMEDIES.get(id, "")
    return _CLASSES.get(id, Error)(id, message, file=file, layer=layer, remedy=remedy)


def from_diagnostics(diagnostics: Sequence[Mapping[str, str]]) -> Error:
    """Called by the extension module."""
    first = diagnostics[0]
    error = make(
        first["id"],
        first["message"],
        file=first["file"],
        layer=first["layer"],
        remedy=first["remedy"],
    )
    error.diagnostics = list(diagnostics)
    return error


def _rebuild(cls: type[Error], fields: dict[str, object]) -> Error:
    error = cls.__new__(cls)
    error.__dict__.update(fields)
    error.args = (str(error),)
    return error


# Remedies of the messages that Python raises itself; those of C++ are in sim/base/diagnostics.def.
_REMEDIES = {
    "fileNotFound": "Check the path",
    "fileUnreadable": "Check the permissions of the file",
    "fileWriteFailed": "Check the free space and the permissions of the folder",
    "fileEmpty": "The file was probably not copied completely; copy it again",
    "inputCount": "Give one array for every network input, in graph order",
    "inputShape": "Give an array with a leading sample axis and the shape of the network input",
    "inputType": "Convert the array to the type of the network input",
    "unknownOption": "See --help",
}
