"""All experiments: a new one is a line here, a module beside this file, and its system in ``patterns.lab.systems``."""

from patterns.lab.experiment import Experiment
from patterns.lab.experiments.api_gateway import ApiGateway
from patterns.lab.experiments.bulkhead import Bulkheads
from patterns.lab.experiments.circuit_breaker import CircuitBreaker
from patterns.lab.experiments.cqrs import ReadModel
from patterns.lab.experiments.event_driven import EventDriven
from patterns.lab.experiments.event_sourcing import EventSourcing
from patterns.lab.experiments.microservices import Microservices
from patterns.lab.experiments.outbox import Outbox
from patterns.lab.experiments.retry import Retry
from patterns.lab.experiments.saga import Saga
from patterns.lab.experiments.service_oriented import ServiceOriented
from patterns.lab.experiments.sharding import Sharding
from patterns.lab.experiments.sidecar import SidecarPattern
from patterns.lab.experiments.strangler_fig import StranglerFig

EXPERIMENTS: tuple[Experiment, ...] = (
    Microservices(),
    EventDriven(),
    ServiceOriented(),
    ApiGateway(),
    ReadModel(),
    Saga(),
    Outbox(),
    SidecarPattern(),
    StranglerFig(),
    CircuitBreaker(),
    Sharding(),
    EventSourcing(),
    Retry(),
    Bulkheads(),
)
BY_SLUG = {experiment.slug: experiment for experiment in EXPERIMENTS}
