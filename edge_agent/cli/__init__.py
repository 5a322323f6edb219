"""The command line: one file a command.

Nothing heavy is imported until a command needs it, so that `edge-agent --help` answers at once.
"""


def main() -> None:
    """Run the command that the shell was given."""
    from edge_agent.cli.app import build_app

    build_app()()
