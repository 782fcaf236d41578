"""The ``portal`` command."""

from __future__ import annotations

import errno
import os
import secrets
import socket
import sys
from functools import lru_cache
from pathlib import Path

import click
from flask import Flask

from portal.agents.cli import group as agent_commands
from portal.app import create_app
from portal.bench import cli as bench_cli
from portal.cli_context import with_app
from portal.database import writing
from portal.database.schema import require_current_schema, schema_differences, upgrade_schema, write_revision
from portal.demo.seeding import prepare_demo
from portal.errors import PortalError
from portal.jobs.worker import run_worker
from portal.knowledge_base import cli as knowledge_base_cli
from portal.mail import cli as mail_cli
from portal.search import cli as search_cli
from portal.serving import Supervisor, network_location, serve_pages, web_command, worker_command
from portal.tickets import cli as tickets_cli

DEMO_INSTANCE = Path("instance") / "demo"


@lru_cache(maxsize=1)
def _app() -> Flask:
    return create_app()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="portal")
@click.pass_context
def cli(context: click.Context) -> None:
    """Answerwell: a multilingual customer-support portal."""
    # Made when a command first asks for it, so that --help needs no settings.
    context.obj = _app


@cli.command()
@click.option("--demo", is_flag=True, help="Serve the sample help centre with demo tickets; mail is captured.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--processes", default=2, show_default=True, help="Web processes.")
@click.option("--threads", default=4, show_default=True, help="Threads in each web process.")
def serve(demo: bool, host: str, port: int, processes: int, threads: int) -> None:
    """Prepare everything, then run web server and worker until Ctrl+C."""
    if demo:
        _use_demo_settings(host, port)
    _refuse_taken_port(host, port)
    app = _app()
    with app.app_context(), writing():
        upgrade_schema()
        if demo:
            prepare_demo(app.extensions["blobs"], base_url=os.environ["PORTAL_BASE_URL"])
    commands = {
        "web": web_command(host=host, port=port, processes=processes, threads=threads),
        "worker": worker_command(),
    }
    Supervisor(commands, os.environ).run()


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--processes", default=2, show_default=True, help="Web processes.")
@click.option("--threads", default=4, show_default=True, help="Threads in each web process.")
def web(host: str, port: int, processes: int, threads: int) -> None:
    """Serve pages (under a service manager, beside `portal worker`)."""
    serve_pages(_app(), host=host, port=port, processes=processes, threads=threads)


@cli.command()
@click.pass_obj
def worker(app_factory: object) -> None:
    """Work through jobs: send mail, follow the search index."""
    assert callable(app_factory)  # noqa: S101 - set by the group
    app = app_factory()
    with app.app_context():
        require_current_schema()
    run_worker(app)


@cli.group("db")
def database() -> None:
    """The database's schema."""


@database.command("upgrade")
@with_app
def upgrade_database() -> None:
    """Bring the database to this release's schema."""
    upgrade_schema()
    click.echo("The database is up to date.")


@database.command("check")
@with_app
def check_database() -> None:
    """Say whether models and database agree."""
    differences = schema_differences()
    for difference in differences:
        click.echo(str(difference))
    if differences:
        raise SystemExit(1)
    click.echo("Models and database agree.")


@database.command("revision", hidden=True)
@click.argument("message")
@with_app
def write_database_revision(message: str) -> None:
    """Write a migration from what the models have changed."""
    write_revision(message)


cli.add_command(agent_commands)
cli.add_command(bench_cli.group)
cli.add_command(knowledge_base_cli.group)
cli.add_command(mail_cli.group)
cli.add_command(search_cli.group)
cli.add_command(tickets_cli.group)


def _use_demo_settings(host: str, port: int) -> None:
    """Demo settings for this process and its children, unless the environment says otherwise."""
    instance = Path(os.environ.setdefault("PORTAL_INSTANCE_DIR", str(DEMO_INSTANCE)))
    instance.mkdir(parents=True, exist_ok=True)
    secret = instance / "secret_key"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    for name, value in {
        "PORTAL_ENVIRONMENT": "demo",
        "PORTAL_MAIL_TRANSPORT": "capture",
        "PORTAL_BRAND_NAME": "Lumen Play Help",
        "PORTAL_SUPPORT_EMAIL": "support@lumenplay.example",
        "PORTAL_TIME_ZONE": "Europe/Berlin",
        "PORTAL_BASE_URL": f"http://{network_location(host, port)}",
        "PORTAL_SECRET_KEY": secret.read_text(encoding="utf-8"),
        "PORTAL_LOG_FORMAT": "console",
    }.items():
        os.environ.setdefault(name, value)


def _refuse_taken_port(host: str, port: int) -> None:
    # As the web server does: an IPv6 address is one, every name stands for an IPv4 address.
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"Cannot listen on port {port} of {host}: {error.strerror}."
            if error.errno == errno.EADDRINUSE:
                message = f"Port {port} on {host} is taken: is the portal running already? Choose another with --port."
            raise click.ClickException(message) from error


def main() -> None:
    """Run the command; mistakes that people can mend are one message, not a traceback."""
    try:
        cli()
    except PortalError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
