"""Runs a program, given on standard input, in a kernel whose debugger is on, and prints what it prints."""

import sys

from jupyter_client.manager import KernelManager

# For a kernel that nobody else ended.
END = "import faulthandler, sys; faulthandler.dump_traceback_later(150, file=sys.__stderr__, exit=True)"
WHO = {"clientID": "tests", "clientName": "tests", "adapterID": "", "pathFormat": "path", "locale": "en"}
WHO |= {"linesStartAt1": True, "columnsStartAt1": True, "supportsVariableType": True}


def main(program):
    manager = KernelManager()
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        for seq, (command, arguments) in enumerate((("initialize", WHO), ("attach", {})), 1):
            request = {"type": "request", "seq": seq, "command": command, "arguments": arguments}
            client.control_channel.send(client.session.msg("debug_request", request))
            assert client.control_channel.get_msg(timeout=60)["content"]["success"]
        client.execute_interactive(END + "\n" + program, output_hook=show, timeout=60)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def show(message):
    if message["msg_type"] == "stream":
        print(message["content"]["name"], message["content"]["text"])
    elif message["msg_type"] == "error":
        print("error", message["content"]["evalue"])


if __name__ == "__main__":
    main(sys.stdin.read())
