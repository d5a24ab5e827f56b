# syntax=docker/dockerfile:1

# Tuban in a container: one binary, a font for Chinese, a user without rights.
#
#   docker build -t tuban .
#   docker run --rm -p 3000:3000 tuban                                   the built-in demo city
#   docker run --rm -p 3000:3000 -v "$PWD":/data tuban serve /data       a project
#
# /data is a project folder with its tuban.toml; generations are written into it, so it must be
# writable for user 10001, or be given with `--user "$(id -u)"`.

FROM node:20-bookworm-slim AS node

FROM rust:1.95-slim-bookworm AS build
# build.rs bundles the viewer with Node; SQLite is compiled from the source in its crate.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
 && apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev libstdc++6 \
 && rm -rf /var/lib/apt/lists/*
ENV npm_config_cache=/var/cache/npm
WORKDIR /src
COPY . .
# The caches keep packages and compiled dependencies between builds; the binary is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/var/cache/npm \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package server --bin tuban \
 && install -s target/release/tuban /usr/local/bin/tuban

FROM debian:bookworm-slim
# Noto Sans CJK: glyphs for map labels. curl: for the health check alone.
RUN apt-get update \
 && apt-get install -y --no-install-recommends curl fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home --home-dir /var/lib/tuban --shell /usr/sbin/nologin tuban \
 && install -d -o tuban -g tuban /data
COPY --from=build /usr/local/bin/tuban /usr/local/bin/tuban
USER 10001
# Without a project in /data the demo city is served from here.
WORKDIR /data
VOLUME /data
ENV TUBAN_LISTEN=0.0.0.0:3000 \
    XDG_CACHE_HOME=/var/lib/tuban/cache
EXPOSE 3000
# A city is built before it is served, so the start may take its time.
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:3000/ready"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["tuban"]
CMD ["serve"]
