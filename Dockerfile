# syntax=docker/dockerfile:1
# Images of Nameplate's parts: docker build --target app|dashboard|edge .
# Not needed on a laptop: ./nameplate up runs the same programs without containers.

FROM eclipse-temurin:25-jdk AS java
WORKDIR /src
COPY . .
RUN ./mvnw -B -ntp -Pquick package -pl app,ui-vaadin -am \
 && for module in app ui-vaadin; do mkdir -p /out/$module && cp $module/target/lib/*.jar $module/target/nameplate-*.jar /out/$module/; done

FROM golang:1.26 AS go
WORKDIR /src/edge
COPY edge/go.mod edge/go.sum ./
RUN go mod download
COPY edge .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags="-s -w -buildid=" -o /out/nameplate-edge ./cmd/nameplate-edge

# Java's images are a JRE on Ubuntu: bash is there, curl may not be.
FROM eclipse-temurin:25-jre AS jre
COPY --chmod=755 <<'EOF' /usr/local/bin/ready
#!/bin/bash
# ready PORT PATH: whether this container answers 200 there.
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
read -r -t 5 _ status _ <&3
[ "$status" = 200 ]
EOF

# The control plane: `serve api edge-api`, `worker`, `migrate` and the operator's commands.
# /data holds what its processes share; /keys is for the worker alone.
FROM jre AS app
RUN useradd --system --uid 10001 --create-home nameplate && mkdir -m 700 /data /keys && chown nameplate /data /keys
COPY --from=java /out/app /opt/nameplate
USER nameplate
VOLUME /data
ENV NAMEPLATE_DATA_DIR=/data
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp", "/opt/nameplate/*", "io.nameplate.app.Main"]

FROM jre AS dashboard
RUN useradd --system --uid 10001 nameplate
COPY --from=java /out/ui-vaadin /opt/nameplate
USER nameplate
ENV NAMEPLATE_DASHBOARD_ADDRESS=0.0.0.0:14002
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "-cp", "/opt/nameplate/*", "io.nameplate.ui.Main"]

# One static program; certificates of public CAs are for origins that speak HTTPS.
FROM alpine:3.22 AS edge
RUN apk add --no-cache ca-certificates libcap && adduser -S -u 10001 nameplate && mkdir /data && chown nameplate /data
COPY --from=go /out/nameplate-edge /usr/local/bin/nameplate-edge
# Ports 80 and 443 without being root.
RUN setcap cap_net_bind_service=+ep /usr/local/bin/nameplate-edge
USER nameplate
VOLUME /data
ENTRYPOINT ["nameplate-edge"]
CMD ["run", "--help"]
