"""The real aws CLI, loaded once, answering command lines on a local port.

    cli.py          (prints its port; ends when stdin closes)

Loading the CLI costs most of a second of CPU and a call very little. Each call is a fork of what was
loaded: one CLI does not take a second command after some (`modify-instance-attribute` leaves
handlers behind that break the next). A request is the number of words and a line feed, then each
word and a NUL; an answer is the exit code and a line feed, then stdout and a NUL, stderr and a NUL.
"""

import contextlib
import io
import os
import socketserver
import sys
import threading

from awscli.clidriver import create_clidriver

cli = create_clidriver()
# The largest model is read here, once, and not in every fork.
cli.session.get_component("data_loader").load_service_model("ec2", "service-2")


class Request(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        count = int(self.rfile.readline())
        data = b""
        while data.count(b"\0") < count:
            data += self.rfile.read1()
        words = data.decode().split("\0")[:-1]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = cli.main(words)
            except SystemExit as end:
                code = end.code
        answer = f"{code}\n{out.getvalue()}\0{err.getvalue()}\0"
        self.wfile.write(answer.encode())


def until_stdin_closes() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=until_stdin_closes, daemon=True).start()
    server = socketserver.ForkingTCPServer(("127.0.0.1", 0), Request)
    print(server.server_address[1], flush=True)
    server.serve_forever()
