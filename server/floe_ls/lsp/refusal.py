"""What cannot be done, said to people."""

from __future__ import annotations

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException


class Refusal(JsonRpcException):
    """Why something asked for cannot be done, in a sentence that editors show as it is."""

    CODE = lsp.LSPErrorCodes.RequestFailed.value
