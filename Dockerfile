# One image for every role: langnghe serve --roles web|worker|telephony. The tree lies in it as in development.

FROM node:22-slim AS front-end
WORKDIR /srv/langnghe
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim AS packages
ENV UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy PIP_NO_CACHE_DIR=1
COPY requirements/uv.txt /tmp/uv.txt
RUN python -m venv /opt/uv && /opt/uv/bin/pip install --require-hashes -r /tmp/uv.txt
COPY requirements/run.txt /tmp/run.txt
RUN /opt/uv/bin/uv venv --python python3.11 /opt/langnghe \
 && /opt/uv/bin/uv pip sync --no-cache --require-hashes --python /opt/langnghe/bin/python /tmp/run.txt
WORKDIR /srv/langnghe
COPY pyproject.toml README.md LICENSE ./
COPY core core
COPY channels channels
COPY gateway gateway
RUN /opt/uv/bin/uv pip install --no-cache --offline --no-deps --no-build-isolation \
    --python /opt/langnghe/bin/python --editable .
# Placeholders of the hotline's sentences; eSpeak NG (GPL) only speaks them and stays out of the image.
COPY requirements/voice.txt scripts/speak.py /tmp/
RUN /opt/uv/bin/uv venv --python python3.11 /tmp/voice \
 && /opt/uv/bin/uv pip sync --no-cache --require-hashes --python /tmp/voice/bin/python /tmp/voice.txt \
 && /opt/langnghe/bin/python -m channels.call_center.prompts.placeholders \
    .tools/voices /tmp/voice/bin/python /tmp/speak.py

FROM python:3.11-slim
RUN groupadd --gid 10001 langnghe \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin langnghe \
 && install -d -o langnghe -g langnghe -m 0750 /var/lib/langnghe
COPY --from=packages /opt/langnghe /opt/langnghe
COPY --from=packages /srv/langnghe /srv/langnghe
COPY --from=front-end /srv/langnghe/node_modules /srv/langnghe/node_modules
ENV PATH=/opt/langnghe/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LANGNGHE_MODE=production \
    LANGNGHE_DATA=/var/lib/langnghe \
    LANGNGHE_BIND=0.0.0.0
USER langnghe
WORKDIR /srv/langnghe
VOLUME /var/lib/langnghe
EXPOSE 8080 8024 8025
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["langnghe"]
CMD ["serve"]
