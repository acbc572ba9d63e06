"""
Real PostgreSQL and Redis servers for tests, each private to the test process that starts it.

A server listens on a free loopback port, keeps its data in a new temporary folder and ends with the process that
started it, also when that process is killed. pytest-xdist workers start one each: a second start costs less than
any way of sharing one, and a test may kill "its" server without hurting its neighbours.

    with PostgresServer.start() as server:
        server.create_database("province")
        engine = create_async_engine(server.url("province"))
"""

from tests.support.servers.finding import find_postgres, find_redis
from tests.support.servers.owner import Owner, open_to_all
from tests.support.servers.ports import LOOPBACK, ServerUnavailable, free_port
from tests.support.servers.postgres import PostgresServer
from tests.support.servers.process import Server
from tests.support.servers.redis import RedisServer

__all__ = [
    "LOOPBACK",
    "Owner",
    "PostgresServer",
    "RedisServer",
    "Server",
    "ServerUnavailable",
    "find_postgres",
    "find_redis",
    "free_port",
    "open_to_all",
]
