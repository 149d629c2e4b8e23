# The operator's image: no shell, no package manager, a user without rights.
# Not built in this repository's CI, which has no container engine: the first build on a new base image deserves a look.
ARG DOTNET_VERSION=10.0

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:${DOTNET_VERSION}-noble AS build
WORKDIR /source
ENV DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 CI=true

# Projects and lock files first: the restored packages stay a layer of their own until one of these changes.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Sluice.Kubernetes.Models/*.csproj src/Sluice.Kubernetes.Models/packages.lock.json src/Sluice.Kubernetes.Models/
COPY src/Sluice.Api/*.csproj src/Sluice.Api/packages.lock.json src/Sluice.Api/
COPY src/Sluice.Engine/*.csproj src/Sluice.Engine/packages.lock.json src/Sluice.Engine/
COPY src/Sluice.Kubernetes/*.csproj src/Sluice.Kubernetes/packages.lock.json src/Sluice.Kubernetes/
COPY src/Sluice.Operator/*.csproj src/Sluice.Operator/packages.lock.json src/Sluice.Operator/
RUN dotnet restore src/Sluice.Operator --locked-mode

COPY src src
RUN dotnet publish src/Sluice.Operator --no-restore --configuration Release --output /app \
    -p:UseAppHost=false -p:RunAnalyzers=false

FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET_VERSION}-noble-chiseled
WORKDIR /app
COPY --from=build /app ./
# The image's own unprivileged user (1654), by number, so that runAsNonRoot can be checked.
USER 1654
# No diagnostics socket or dump in /tmp: the root file system is read-only. HOME for any other user that a cluster may choose (OpenShift does):
# .NET checks no certificate without one, and writes nothing there.
ENV DOTNET_EnableDiagnostics=0 HOME=/app
EXPOSE 8080 8081
ENTRYPOINT ["dotnet", "Sluice.Operator.dll"]
CMD ["run"]
