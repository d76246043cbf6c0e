"""Serve the strict cloud: python -m strict_moto [--port N] [--slow] [--until-stdin-closes]

Prints its address on one line once it listens, so that a caller need neither guess a free
port nor poll. With --until-stdin-closes it ends together with whoever started it, even when
that process is killed and cleans nothing up.
"""

import argparse
import logging
import os
import sys
import threading


def main() -> None:
    args = argparse.ArgumentParser(prog="strict_moto", description=__doc__)
    args.add_argument("--port", type=int, default=0, help="0: any free one")
    args.add_argument("--slow", action="store_true", help="what is done is seen later")
    args.add_argument("--until-stdin-closes", action="store_true")
    asked = args.parse_args()

    from werkzeug.serving import make_server

    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )

    from . import install

    install(asked.slow)
    # One line per request on stderr is noise in a test's output.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(
        "127.0.0.1",
        asked.port,
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=MotoRequestHandler,
    )
    os.environ["MOTO_PORT"] = str(server.server_port)
    if asked.until_stdin_closes:

        def leave() -> None:
            sys.stdin.buffer.read()
            os._exit(0)

        threading.Thread(target=leave, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
