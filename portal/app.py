"""create_app(): the only place where all domains meet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import Babel
from flask_compress import Compress
from htmx_flask import Htmx
from sqlalchemy.orm import configure_mappers
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.agents import access as agent_access
from portal.agents import models as agent_models
from portal.agents import routes as agent_routes
from portal.clock import utcnow
from portal.config import Settings, load_settings
from portal.contact import actions as contact_actions
from portal.contact import models as contact_models
from portal.contact import routes as contact_routes
from portal.database import ENGINE_OPTIONS, configure_engine, db, give_up_transaction
from portal.database.schema import schema_is_current
from portal.demo import routes as demo_routes
from portal.jobs import queue as jobs
from portal.jobs.readiness import worker_readiness
from portal.knowledge_base import models as knowledge_base_models
from portal.knowledge_base import reader_routes
from portal.knowledge_base import routes as knowledge_base_routes
from portal.knowledge_base.actions import article_changed
from portal.knowledge_base.site_locales import SiteLocales
from portal.localization import (
    bundled_path,
    interface_locale_for,
    lang_tag,
    locale_name,
    text_direction,
)
from portal.logs import configure_logs
from portal.mail import delivery, inbound_models, inbound_routes, mailbox_watch
from portal.mail import models as mail_models
from portal.mail.dkim_signing import check_signing
from portal.mail.imap import WALK_JOB, walk_mailboxes
from portal.mail.inbound_readiness import inbound_readiness
from portal.mail.mailboxes import configured_mailboxes
from portal.mail.outbox_readiness import outbox_readiness
from portal.mail.parsed import ParsedMail
from portal.mail.processing import PROCESS_JOB, process_due_mail
from portal.mail.reconciling import RECONCILE_JOB, reconcile_due
from portal.people import models as people_models
from portal.people.events import people_merged, person_erased
from portal.search import missing_page_routes
from portal.search import models as search_models
from portal.search import routes as search_routes
from portal.search.dictionary_schedule import LEARN_JOB, learn_due
from portal.search.engine import SearchEngine
from portal.search.following import FOLLOW_JOB, IndexWatch, follow, index_readiness, is_behind
from portal.search.learning import actions as learning_actions
from portal.search.learning import models as learning_models
from portal.search.learning import openings, refitting
from portal.search.learning import routes as learning_routes
from portal.search.learning.votes import LearnedVotes
from portal.search.setup import search_engine
from portal.storage import FolderBlobStore
from portal.tickets import agent_routes as ticket_routes
from portal.tickets import expiry, link_requests, requester_routes, similar_following, surveys
from portal.tickets import models as ticket_models
from portal.tickets.inbound import MailDesk
from portal.tickets.requester_merging import move_tickets
from portal.web import assets, csrf, error_pages, formats, locale_urls, rate_limit, receiving, routes, security
from portal.web.access import refuse_routes_without_policy
from portal.web.brand import HTMX_CONFIG, Brand

# Every table is known to the metadata before anybody asks for it, whichever routes are in use.
MODELS = (
    agent_models,
    people_models,
    mail_models,
    inbound_models,
    knowledge_base_models,
    search_models,
    learning_models,
    ticket_models,
    contact_models,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application for `settings`, by default those of the environment.

    Raises:
        ConfigurationError: the settings cannot be used.
    """
    settings = settings or load_settings()
    configure_logs(settings.log_format)
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    app = Flask("portal", static_folder=None, template_folder=str(bundled_path("templates")))
    _configure(app, settings)
    _init_database(app)
    _init_requests(app, settings)
    _init_languages(app, settings)
    jobs.init_jobs(app, settings)
    _register_domains(app, settings)
    error_pages.init_error_pages(app, _not_found_context)
    refuse_routes_without_policy(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.extensions["settings"] = settings
    app.extensions["blobs"] = FolderBlobStore(settings.blob_path)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.effective_database_url,
        SQLALCHEMY_ENGINE_OPTIONS=ENGINE_OPTIONS,
        TRUSTED_HOSTS=[host.lower() for host in settings.trusted_hosts] or None,
        TESTING=settings.environment == "test",
        BABEL_TRANSLATION_DIRECTORIES=str(bundled_path("translations")),
        BABEL_DEFAULT_LOCALE=settings.default_locale,
        BABEL_DEFAULT_TIMEZONE=settings.time_zone,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_MIMETYPES=["text/html", "application/json", "application/atom+xml", "application/xml"],
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _init_database(app: Flask) -> None:
    db.init_app(app)
    configure_mappers()
    with app.app_context():
        configure_engine(db.engine)

    @app.teardown_appcontext
    def _end_transaction(_error: BaseException | None) -> None:
        # Before the session is closed, which raises when the database is gone: the answer is made and shall go out.
        give_up_transaction()


def _init_requests(app: Flask, settings: Settings) -> None:
    if settings.proxy_count:
        count = settings.proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

    receiving.receive_requests(app)
    Htmx(app)
    assets.init_assets(app, settings.instance_path)
    security.add_security_headers(app, settings)
    csrf.protect_forms(app)
    formats.init_formats(app)
    Compress(app)
    app.register_blueprint(routes.blueprint)
    app.extensions["readiness"] = {"database": _database_readiness, "worker": worker_readiness}


def _init_languages(app: Flask, settings: Settings) -> None:
    Babel(app, locale_selector=_interface_locale, timezone_selector=_time_zone)
    app.extensions["site_locales"] = SiteLocales()
    locale_urls.init_locale_urls(app, settings, app.extensions["site_locales"])
    app.jinja_env.globals.update(
        lang_tag=lang_tag, text_direction=text_direction, locale_name=locale_name, htmx_config=HTMX_CONFIG
    )
    app.jinja_env.globals["language_name"] = reader_routes.language_name
    brand = Brand(settings.brand_name, settings.brand_logo_url, settings.support_email)

    @app.context_processor
    def _layout_context() -> dict[str, Any]:
        return {
            "brand": brand,
            "theme": routes.chosen_theme(),
            "locale": locale_urls.interface_locale(),
            "current_agent": agent_access.current_agent(),
            "home_url": _address("knowledge_base.show_home"),
            "search_url": _address("search.show_results"),
            "contact_url": _address("contact.show_question"),
            "requests_url": _address("requests.show_link_form"),
            "agent_urls": {
                "queue": _address("agent_tickets.list_tickets"),
                "search": _address("agent_tickets.list_tickets"),
                "mail": _address("agent_tickets.list_mails"),
                "learning": _address("learning.list_articles"),
                "account": _address("agents.show_account"),
                "sign_out": _address("agents.delete_session"),
            },
        }


def _register_domains(app: Flask, settings: Settings) -> None:
    """Blueprints, jobs, readiness checks and template globals; what goes against the current of the imports."""
    for blueprint in (
        knowledge_base_routes.blueprint,
        search_routes.blueprint,
        learning_routes.blueprint,
        contact_routes.blueprint,
        requester_routes.blueprint,
        ticket_routes.blueprint,
        inbound_routes.blueprint,
        agent_routes.blueprint,
    ):
        app.register_blueprint(blueprint)
    if settings.is_demo:
        app.register_blueprint(demo_routes.blueprint)
    jobs.register(app, "mail.deliver", delivery.deliver_due_mail)
    desk = MailDesk(settings, app.extensions["blobs"])
    jobs.register(app, PROCESS_JOB, lambda: _process_mail(desk))
    _init_ways_in(app, settings)
    jobs.register(app, link_requests.SEND_JOB, link_requests.send_requested_links)
    jobs.register(app, surveys.SEND_JOB, surveys.send_due_surveys)
    jobs.register(app, expiry.EXPIRE_JOB, expiry.expire_due_tickets)
    people_merged.connect(_move_tickets)
    jobs.register(app, "web.forget_full_buckets", rate_limit.forget_full_buckets)
    jobs.register(app, "contact.forget_old_drafts", contact_actions.forget_old_drafts)
    _init_search(app, settings)
    _init_learning(app)
    _init_solved_tickets(app, settings)
    app.jinja_env.globals["expected_reply_sentence"] = contact_routes.expected_reply_sentence


def _process_mail(desk: MailDesk) -> None:
    def prepare(mail: inbound_models.InboundMail, parsed: ParsedMail) -> MailDesk:
        return desk.prepared(mail, parsed, search=current_app.extensions.get("search"))

    if process_due_mail(desk.blobs, desk, prepare=prepare):
        jobs.wake("mail.deliver")


def _init_ways_in(app: Flask, settings: Settings) -> None:
    # Mistakes in these files are told at the start, not when the first mail comes or goes.
    configured_mailboxes(settings)
    check_signing(settings)
    jobs.register(app, WALK_JOB, walk_mailboxes, writes=False)
    jobs.register(app, RECONCILE_JOB, reconcile_due, writes=False)
    app.extensions["worker_services"] = [lambda: mailbox_watch.open_ways_in(settings, app.app_context)]
    app.extensions["readiness"] |= {"mail": inbound_readiness, "mail_out": outbox_readiness}


def _init_search(app: Flask, settings: Settings) -> None:
    engine = search_engine(settings)
    # A machine may have no worker: then its web processes follow, beside their requests.
    engine.before_search = IndexWatch(lambda: is_behind(engine), lambda: jobs.run_here(FOLLOW_JOB))
    app.extensions["search"] = engine
    app.extensions["readiness"]["search"] = lambda: index_readiness(engine)
    jobs.register(app, FOLLOW_JOB, lambda: _follow_articles(engine), writes=False)
    jobs.register(app, LEARN_JOB, lambda: _learn_dictionaries(engine, settings), writes=False)
    article_changed.connect(_wake_search)


def _init_learning(app: Flask) -> None:
    with app.app_context():
        app.extensions["search"].learned = LearnedVotes(db.engine)
    jobs.register(app, openings.JUDGE_JOB, openings.judge_openings)
    jobs.register(app, learning_actions.REFIT_JOB, refitting.refit_due, writes=False)
    person_erased.connect(_forget_evidence)
    people_merged.connect(_move_evidence)


def _forget_evidence(_sender: object, *, person_id: int, now: datetime) -> None:
    learning_actions.forget_person(person_id, now=now)


def _move_evidence(_sender: object, *, from_person_id: int, to_person_id: int, now: datetime) -> None:
    learning_actions.move_evidence(from_person_id, to_person_id, now=now)


def _move_tickets(_sender: object, *, from_person_id: int, to_person_id: int, now: datetime) -> None:
    move_tickets(from_person_id, to_person_id)


def _follow_articles(engine: SearchEngine) -> None:
    follow(engine, now=utcnow())


def _learn_dictionaries(engine: SearchEngine, settings: Settings) -> None:
    learn_due(engine, now=utcnow(), zone=settings.zone)


def _init_solved_tickets(app: Flask, settings: Settings) -> None:
    """Agents' search for similar tickets, in an index apart from the readers'."""
    engine = SearchEngine(settings.solved_tickets_index_path, default_locale=settings.default_locale)
    engine.before_search = IndexWatch(
        lambda: similar_following.is_behind(engine),
        lambda: jobs.run_here(similar_following.FOLLOW_JOB),
        every_seconds=similar_following.LOOK_EVERY_SECONDS,
    )
    app.extensions["solved_tickets"] = engine
    jobs.register(app, similar_following.FOLLOW_JOB, lambda: _follow_solved_tickets(engine), writes=False)


def _follow_solved_tickets(engine: SearchEngine) -> None:
    similar_following.follow(engine, now=utcnow())


def _wake_search(_sender: object, **_details: object) -> None:
    jobs.wake(FOLLOW_JOB)


def _not_found_context() -> dict[str, Any]:
    return {**reader_routes.not_found_context(), **missing_page_routes.missing_page_context()}


def _address(endpoint: str) -> str:
    return url_for(endpoint) if endpoint in current_app.view_functions else ""


def _interface_locale() -> str:
    agent = agent_access.current_agent() if request.path.startswith("/agent") else None
    return agent.locale if agent else interface_locale_for(locale_urls.current_locale())


def _time_zone() -> str:
    agent = agent_access.current_agent() if request.path.startswith("/agent") else None
    settings: Settings = current_app.extensions["settings"]
    return agent.time_zone if agent else settings.time_zone


def _database_readiness() -> dict[str, Any]:
    return {"ready": schema_is_current()}
