"""What is answered to bytes that are no HTTP: a problem, as to everything else."""

from __future__ import annotations

import secrets

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from finnest.web.problems import problem


class ProblemProtocol(HttpToolsProtocol):
    """uvicorn's protocol; a request that it cannot parse never reaches an app."""

    def send_400_response(self, msg: str) -> None:
        """Answer and close."""
        refusal = problem(400, "not-http", "this is no HTTP request", trace_id=secrets.token_hex(16))
        head = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\n"
        fields = "".join(f"{name.decode()}: {value.decode()}\r\n" for name, value in refusal.raw_headers)
        self.transport.write(f"{head}{fields}\r\n".encode() + bytes(refusal.body))
        self.transport.close()
