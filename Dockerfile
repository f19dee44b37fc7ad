# syntax=docker/dockerfile:1
# The silo: shards, gateway and console in one process. Settings come from its environment.
# The SDK and the runtime move together: SDK 10.0.401 builds against the packages of runtime 10.0.12.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0.401 AS build
WORKDIR /source
COPY . .
# No app host: the entry point is `dotnet`, and that way the
# output is the same for every processor, and is built on the builder's own.
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish src/Game.Silo -c Release -p:UseAppHost=false -o /app && mkdir /data

# Neither a shell nor a package manager: `kubectl debug` brings them along where they are needed.
FROM mcr.microsoft.com/dotnet/aspnet:10.0.12-noble-chiseled
WORKDIR /app
COPY --from=build /app .
COPY --from=build --chown=1654:1654 /data /data
VOLUME /data
# The base image names port 8080 here; the silo opens its two ports itself and would warn that it ignores this. The management
# port stays on loopback unless GAME__Gateway__ManagementAddress says otherwise, which needs the operator's password.
ENV ASPNETCORE_HTTP_PORTS= \
    GAME__Data=/data \
    GAME__Gateway__Address=0.0.0.0
# By number: Kubernetes cannot tell from a name that it is not root. The root may be read-only: only /data and /tmp are written.
USER 1654
EXPOSE 8080 8081 11111 30000
# As process 1 the silo gets SIGTERM itself and drains.
ENTRYPOINT ["dotnet", "Game.Silo.dll"]
CMD ["serve"]
