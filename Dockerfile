# CoffeeBuddy's worker: all roles and commands from one image, for linux/amd64 and linux/arm64.
#   docker build -t coffeebuddy .                      the default host, OnPremFunctions
#   docker build -t coffeebuddy-azure --target azure . the same program on Microsoft's host, see docs/hosts.md
# A NuGet.Config for a mirror: --secret id=nuget,src=NuGet.Config

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS source
WORKDIR /source
# Only what restoring reads, so that a change of the code does not download the packages again.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/CoffeeBuddy.Core/*.csproj src/CoffeeBuddy.Core/packages.lock.json src/CoffeeBuddy.Core/
COPY src/CoffeeBuddy.Data/*.csproj src/CoffeeBuddy.Data/packages.lock.json src/CoffeeBuddy.Data/
COPY src/CoffeeBuddy.Functions/*.csproj src/CoffeeBuddy.Functions/packages.lock.json src/CoffeeBuddy.Functions/
COPY src/CoffeeBuddy.Slack/*.csproj src/CoffeeBuddy.Slack/packages.lock.json src/CoffeeBuddy.Slack/
COPY src/FunctionsKafkaExtension/*.csproj src/FunctionsKafkaExtension/*.props \
     src/FunctionsKafkaExtension/packages.lock.json src/FunctionsKafkaExtension/
COPY src/OnPremFunctions/*.csproj src/OnPremFunctions/packages.lock.json src/OnPremFunctions/
COPY src/OnPremFunctions/build/ src/OnPremFunctions/build/

FROM source AS build
ARG TARGETARCH
# The compiler of ReadyToRun runs on the building machine's architecture and compiles for the target's.
RUN --mount=type=secret,id=nuget,target=/root/.nuget/NuGet/NuGet.Config \
    dotnet restore src/CoffeeBuddy.Functions --locked-mode -p:PublishReadyToRun=true
COPY LICENSE host.json ./
COPY src/ src/
RUN dotnet publish src/CoffeeBuddy.Functions --no-restore --configuration Release --arch "$TARGETARCH" \
    --self-contained false -p:PublishReadyToRun=true -p:RunAnalyzers=false --output /app \
    && cp LICENSE /app/

FROM source AS build-azure
ARG KAFKA_EXTENSION=package
COPY LICENSE host.json ./
COPY src/ src/
# Not locked: no lock file can hold Microsoft's Kafka extension, see docs/hosts.md.
RUN --mount=type=secret,id=nuget,target=/root/.nuget/NuGet/NuGet.Config \
    dotnet publish src/CoffeeBuddy.Functions --configuration Release --self-contained false \
    -p:AzureFunctionsHost=true -p:KafkaExtension="$KAFKA_EXTENSION" -p:RunAnalyzers=false --output /app \
    && cp LICENSE /app/

FROM mcr.microsoft.com/azure-functions/dotnet-isolated:4-dotnet-isolated10.0 AS azure
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED
LABEL org.opencontainers.image.title="CoffeeBuddy on the Azure Functions host" \
      org.opencontainers.image.description="Coordinates office coffee runs in Slack" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED"
# What the host needs without Azure Storage, and so that it neither loses nor repeats records: docs/hosts.md.
ENV AzureWebJobsScriptRoot=/home/site/wwwroot \
    AzureFunctionsJobHost__Logging__Console__IsEnabled=true \
    AzureWebJobsSecretStorageType=files \
    AzureFunctionsJobHost__extensions__kafka__commitOnFailure=false \
    AzureFunctionsJobHost__extensions__kafka__maxRetries=-1 \
    Kafka__ConsumerGroup=coffeebuddy \
    Sweep__Schedule="*/5 * * * * *" \
    Sweep__RetentionSchedule="0 17 3 * * *"
COPY --from=build-azure /app /home/site/wwwroot
COPY --from=build-azure /usr/share/zoneinfo /usr/share/zoneinfo

# The last stage is the default target.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled AS worker
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED
LABEL org.opencontainers.image.title="CoffeeBuddy" \
      org.opencontainers.image.description="Coordinates office coffee runs in Slack" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED"
WORKDIR /app
COPY --from=build /app ./
# People's time zones, which the chiseled image does not have.
COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo
# The second port is that of probes and metrics: extensions.http.managementPort in host.json.
ENV ASPNETCORE_HTTP_PORTS="8080;9090"
EXPOSE 8080 9090
USER $APP_UID
# Kubernetes and Compose probe /healthz/live and /healthz/ready; the image has no shell or client that could.
HEALTHCHECK NONE
ENTRYPOINT ["dotnet", "CoffeeBuddy.Functions.dll"]
