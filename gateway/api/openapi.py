"""
The OpenAPI 3.1 document, made from the operations, their pydantic models and the command table.

Every command of table 7.0 has an address of its own in it, with the form it carries; the server has one route for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from core.cases.commands import NAMES, REGISTRY, command_schema
from core.service.links.news import WEBHOOKS
from gateway.api.app.forms import FILES
from gateway.api.errors import PROBLEM, Problem, ProblemDetails
from gateway.api.idempotency import HEADER as KEY_HEADER
from gateway.api.idempotency import LONGEST_KEY
from gateway.api.operation import ACTING, PREFIX, Operation
from gateway.auth.apps import HEADER as APP_KEY
from gateway.auth.cookies import SESSION
from gateway.auth.csrf import HEADER as CSRF
from gateway.links.partner import KEY as LINK_KEY
from gateway.links.partner import SIGNATURE
from gateway.portal.uploads import MOST_FILES

Json = dict[str, Any]

VERSION = "1.0.0"
REFERENCE = "#/components/schemas/{model}"
TAGS: Mapping[str, str] = {
    "reports": "Phản ánh: ghi nhận thay người dân, xem lại",
    "cases": "Hồ sơ: việc của tôi, tìm, xem, diễn biến, tệp",
    "commands": "Thao tác trên hồ sơ: mỗi thao tác một địa chỉ",
    "conversations": "Hội thoại với người dân",
    "calls": "Cuộc gọi, và ai chờ được gọi lại",
    "contacts": "Người phản ánh",
    "catalogue": "Quy chế và cơ quan",
    "places": "Cây cơ quan, xã phường, đề xuất phân phối, bàn giao",
    "offices": "Đầu mối của cơ quan, người thay khi vắng",
    "operations": "Tin chưa đọc được, tin chưa gửi được",
    "links": "Liên thông giữa hai hệ thống Lắng Nghe",
    "me": "Tài khoản",
    "app": "Ứng dụng của tỉnh: người dân gửi và theo dõi phản ánh",
}
ABOUT = """API dành cho cán bộ và phần mềm của cơ quan.

Mọi yêu cầu cần `Authorization: Bearer ln_…` (hoặc phiên đăng nhập của trang cán bộ kèm `X-CSRF-Token`).
Thời điểm theo ISO 8601, giờ UTC. Danh sách trả về `items` và `next`; đưa `next` vào `cursor` để đọc tiếp.
Thông tin cá nhân được che; `reveal=true` cho xem rõ và ghi vào nhật ký truy cập.

Lỗi luôn có dạng `{code, message, rules, details}`: 403 sai vai trò, 409 sai bước hoặc hồ sơ vừa thay đổi,
422 dữ liệu chưa hợp lệ. `Idempotency-Key` giúp gửi lại an toàn: cùng khóa, cùng nội dung thì nhận lại đúng câu trả
lời cũ (có `Idempotency-Replayed: true`); cùng khóa, khác nội dung thì nhận 422. `If-Match` là `ETag` của hồ sơ đã đọc.

Ứng dụng của tỉnh dùng các địa chỉ `/api/v1/app/…`, không cần tài khoản cán bộ: `X-App-Key` cho biết ứng dụng nào, và
phiên mở bằng mã phản ánh (`Authorization: Bearer`) cho xem và trao đổi về đúng một phản ánh.

Phần mềm của cơ quan ký từng yêu cầu bằng khóa của liên thông (`X-Link-Key`, `X-Link-Id`, `X-Link-Timestamp`,
`X-Link-Signature`) và nhận tin theo mục `webhooks`; hướng dẫn kèm chương trình mẫu: `docs/connect-an-agency.md`.
"""
ERRORS: Mapping[int, str] = {
    400: "Không đọc được yêu cầu",
    401: "Chưa đăng nhập",
    403: "Không có quyền",
    404: "Không tìm thấy",
    409: "Sai bước, hoặc vừa thay đổi",
    413: "Quá lớn",
    415: "Sai định dạng",
    422: "Dữ liệu chưa hợp lệ",
    429: "Quá nhiều yêu cầu; thử lại sau số giây ghi ở Retry-After",
    503: "Tạm thời chưa phục vụ được",
}


def document(operations: Iterable[Operation], *, server: str) -> Json:
    """The whole document. `server`: public address of this deployment."""
    known = tuple(operations)
    writer = _Writer(known)
    paths: dict[str, Json] = {}
    for operation in known:
        for path, entry in writer.entries(operation):
            paths.setdefault(PREFIX + path, {})[operation.method.lower()] = entry
    return {
        "openapi": "3.1.0",
        "info": {"title": "Lắng Nghe", "version": VERSION, "description": ABOUT},
        "servers": [{"url": server}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "security": [{"bearer": []}, {"session": [], "csrf": []}, {"link": [], "link_signature": []}],
        "paths": paths,
        "webhooks": {name: {"post": writer.webhook(name, form, label)} for name, (form, label) in WEBHOOKS.items()},
        "components": {
            "schemas": dict(sorted(writer.schemas.items())),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": SESSION},
                "csrf": {"type": "apiKey", "in": "header", "name": CSRF},
                "app": {"type": "apiKey", "in": "header", "name": APP_KEY},
                "report": {"type": "http", "scheme": "bearer"},
                "link": {"type": "apiKey", "in": "header", "name": LINK_KEY},
                "link_signature": {"type": "apiKey", "in": "header", "name": SIGNATURE},
            },
            "responses": {_error_name(status): _error(text) for status, text in ERRORS.items()},
        },
    }


class _Writer:
    """Writes entries; collects the schemas they refer to."""

    def __init__(self, operations: tuple[Operation, ...]) -> None:
        wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {
            (form, "serialization"): None for form in (Problem, ProblemDetails)
        }
        for one in operations:
            if one.gives:
                wanted[one.gives, "serialization"] = None
            for body in filter(None, (one.body, one.form)):
                wanted[body, "validation"] = None
            for other in one.also.values():
                wanted[other, "serialization"] = None
        wanted |= dict.fromkeys((form, "serialization") for form, _ in WEBHOOKS.values())
        self._named, found = models_json_schema(list(wanted), ref_template=REFERENCE)
        self.schemas: dict[str, Json] = dict(found.get("$defs", {}))

    def entries(self, operation: Operation) -> Iterator[tuple[str, Json]]:
        """(path, entry): one, or one for each command."""
        if not operation.is_command:
            yield operation.path, self._entry(operation, body=self._body(operation))
            return
        for name in sorted(NAMES):
            entry = self._entry(operation, body=self._command(name)) | {
                "operationId": f"command_{name}",
                "summary": REGISTRY[name].label,
                "description": (REGISTRY[name].__doc__ or "").strip(),
            }
            entry["parameters"] = [one for one in entry["parameters"] if one["name"] != "name"]
            yield operation.path.replace("{name}", name), entry

    def webhook(self, name: str, form: type[BaseModel], label: str) -> Json:
        """What a link is told under this name, as https://www.standardwebhooks.com has it."""
        schema = {"type": "string"}
        marks = ("webhook-id", "webhook-timestamp", "webhook-signature")
        return {
            "operationId": f"told_{name.replace('.', '_')}",
            "summary": label,
            "description": " ".join((form.__doc__ or "").split()),
            "security": [],
            "parameters": [{"name": mark, "in": "header", "required": True, "schema": schema} for mark in marks],
            "requestBody": {"required": True, "content": {"application/json": {"schema": self._given(form)}}},
            "responses": {"2XX": {"description": "Đã nhận"}, "410": {"description": "Không nhận nữa"}},
        }

    def _entry(self, operation: Operation, *, body: Json | None) -> Json:
        entry: Json = {
            "operationId": operation.name,
            "tags": [operation.tag],
            "summary": operation.summary,
            "description": " ".join((operation.handler.__doc__ or "").split()),
            "parameters": [*_path(operation), *_query(operation), *_headers(operation)],
            "responses": self._responses(operation),
        }
        if operation.door != "staff":
            entry["security"] = [{"app": []} | ({"report": []} if operation.door == "report" else {})]
        return entry | ({"requestBody": body} if body else {})

    def _body(self, operation: Operation) -> Json | None:
        if operation.takes_file:
            content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
            return {"required": True, "content": content}
        if operation.form is not None:
            return self._form(operation.form)
        if operation.body is None:
            return None
        schema = self._named[operation.body, "validation"]
        return {"required": True, "content": {"application/json": {"schema": schema}}}

    def _form(self, model: type[BaseModel]) -> Json:
        """As JSON, or as a form with files: the same fields."""
        schema = self._named[model, "validation"]
        held = self.schemas[schema["$ref"].rpartition("/")[2]]
        files = {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": MOST_FILES}
        parts = held | {"properties": held["properties"] | {FILES: files}}
        return {"content": {"application/json": {"schema": schema}, "multipart/form-data": {"schema": parts}}}

    def _command(self, name: str) -> Json:
        schema = command_schema(name)
        self.schemas |= {key: _moved(value) for key, value in schema.pop("$defs", {}).items()}
        schema["properties"] = {key: value for key, value in schema["properties"].items() if key != "name"}
        key = f"Command_{name}"
        self.schemas[key] = _moved(schema)
        content = {"application/json": {"schema": {"$ref": REFERENCE.format(model=key)}}}
        return {"required": bool(schema.get("required")), "content": content}

    def _responses(self, operation: Operation) -> Json:
        done: Json = {"description": "Thành công"}
        if operation.gives is not None:
            schema = self._named[operation.gives, "serialization"]
            done["content"] = {operation.media_type: {"schema": schema}}
        elif operation.media_type != "application/json":
            done["content"] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
        errors = {str(status): {"$ref": f"#/components/responses/{_error_name(status)}"} for status in ERRORS}
        others = {
            str(status): {"description": "Chưa xong", "content": {"application/json": {"schema": self._given(model)}}}
            for status, model in operation.also.items()
        }
        return {str(operation.status): done} | others | errors

    def _given(self, model: type[BaseModel]) -> Json:
        return self._named[model, "serialization"]


def _error_name(status: int) -> str:
    return f"Error{status}"


def _error(text: str) -> Json:
    forms = {"application/json": Problem, PROBLEM: ProblemDetails}
    shown = {kind: {"schema": {"$ref": REFERENCE.format(model=form.__name__)}} for kind, form in forms.items()}
    return {"description": text, "content": shown}


def _moved(schema: Any) -> Any:
    """References into the document's own components."""
    if isinstance(schema, dict):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/") if key == "$ref" else _moved(value)
            for key, value in schema.items()
        }
    return [_moved(one) for one in schema] if isinstance(schema, list) else schema


def _path(operation: Operation) -> Iterator[Json]:
    for name in re.findall(r"\{(\w+)\}", operation.path):
        schema = {"type": "string", "pattern": r"^[A-Za-z0-9_.:@-]{1,80}$"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query(operation: Operation) -> Iterator[Json]:
    for name, schema in operation.query.model_json_schema().get("properties", {}).items():
        shown = {key: value for key, value in schema.items() if key not in ("title", "description")}
        yield {
            "name": name,
            "in": "query",
            "required": False,
            "description": schema.get("description", ""),
            "schema": shown,
        }


def _headers(operation: Operation) -> Iterator[Json]:
    if operation.keyed:
        schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": r"^[\x21-\x7e]+$"}
        yield _header(KEY_HEADER, "Gửi lại an toàn: cùng khóa chỉ thực hiện một lần", schema)
    if operation.versioned:
        schema = {"type": "string", "pattern": r'^"[0-9]{1,9}"$'}
        yield _header("If-Match", "Phiên bản hồ sơ đã đọc (ETag); khác thì nhận 409", schema)
    if operation.acts:
        schema = {"type": "string", "pattern": r"^[a-z0-9_]{1,64}$"}
        yield _header(ACTING, "Cơ quan mà quý vị đang đại diện, khi thuộc nhiều cơ quan", schema)


def _header(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}
