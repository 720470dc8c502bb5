# The Slack simulator as a container, for compose.yaml only. Built with the repository as its context.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props LICENSE ./
COPY src/SlackSimulator/ src/SlackSimulator/
RUN dotnet publish src/SlackSimulator --configuration Release --self-contained false -p:RunAnalyzers=false --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app ./
USER $APP_UID
ENTRYPOINT ["dotnet", "SlackSimulator.dll"]
