# syntax=docker/dockerfile:1
# One image for the silo and for the command line: "emulator silo" is the server, all other words are the command line's.
ARG DOTNET_VERSION=10.0

# What decides which packages are restored, and nothing else: its layer is the same until one of these files changes.
FROM mcr.microsoft.com/dotnet/sdk:${DOTNET_VERSION} AS projects
WORKDIR /source
COPY . .
RUN find . -type f ! -name '*.csproj' ! -name '*.props' ! -name '*.targets' ! -name global.json -delete

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET_VERSION} AS build
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY --from=projects /source .
RUN dotnet restore silo/Emulator.Silo -p:WithOrleans=true \
    && dotnet restore client/Emulator.Client -p:WithOrleans=true
COPY . .
RUN dotnet publish silo/Emulator.Silo --no-restore --configuration Release --output /app/silo \
      -p:WithOrleans=true -p:UseAppHost=false \
    && dotnet publish client/Emulator.Client --no-restore --configuration Release --output /app/client \
      -p:WithOrleans=true -p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET_VERSION} AS final
ARG VERSION=0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Emulator" \
      org.opencontainers.image.description="A whole Kubernetes cluster in virtual time: silo and command line." \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --chmod=755 silo/docker/emulator silo/docker/emulator-ready /usr/local/bin/
COPY --from=build /app /app
COPY examples /examples

# The base image has this user; nothing in the image belongs to it, so nothing in the image can be changed by it.
USER $APP_UID
WORKDIR /examples

# 8081 /metrics, /healthz, /readyz and /orleans; 11111 other silos; 30000 the command line.
EXPOSE 8081 11111 30000

# The base image has neither curl nor wget, and starting .NET every few seconds would cost more than the question is
# worth: bash, which the image has, speaks to the port itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["emulator-ready"]

ENTRYPOINT ["emulator"]
CMD ["--help"]
