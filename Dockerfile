# One image per feature: docker build --build-arg FEATURE=invoices -t finnest/invoices:0.1.0 .
# What lies in it is decided by shared/finnest/dev/kubernetes/image.py; `make images` does the same without an engine.
ARG PYTHON=python:3.11.14-slim-bookworm

FROM ${PYTHON} AS packages
COPY requirements.lock /src/
RUN --mount=type=cache,target=/cache PIP_CACHE_DIR=/cache \
    pip install --disable-pip-version-check --no-deps --require-hashes --target /site -r /src/requirements.lock

FROM packages AS layout
ARG FEATURE
COPY pyproject.toml /src/
COPY services /src/services
COPY shared/finnest /src/shared/finnest
RUN cd /src && PYTHONPATH=/site:/src/shared:/src python -m finnest.dev.kubernetes.image "${FEATURE:?which feature?}" /out

FROM ${PYTHON}
ARG FEATURE
LABEL org.opencontainers.image.title="finnest/${FEATURE}" org.opencontainers.image.licenses="Apache-2.0"
ENV PYTHONPATH=/opt/finnest/app/shared:/opt/finnest/app:/opt/finnest/site \
    PYTHONPYCACHEPREFIX=/opt/finnest/compiled PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
COPY --from=layout /out /
USER 10001:10001
WORKDIR /opt/finnest
ENTRYPOINT ["python3", "-m"]
CMD ["finnest.dev.kubernetes.pod"]
