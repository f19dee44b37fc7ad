# syntax=docker/dockerfile:1
# One image for every shard; which shard a container is comes from its environment.
# The SDK and the runtime move together: SDK 10.0.401 builds against the packages of runtime 10.0.12.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0.401 AS build
WORKDIR /source
COPY . .
# Orleans, because the embedded host runs in one process only. No app host: the entry point is `dotnet`, and that way the
# output is the same for every processor, and is built on the builder's own.
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish src/Game.Silo -c Release -p:GrainHost=Orleans -p:UseAppHost=false -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0.12
WORKDIR /app
COPY --from=build /app .
# The base image names port 8080 here; the silo opens its two ports itself and would warn that it ignores this.
ENV ASPNETCORE_HTTP_PORTS=
USER app
EXPOSE 8080 8081 11111 30000
# As process 1 the silo gets SIGTERM itself and drains.
ENTRYPOINT ["dotnet", "Game.Silo.dll"]
CMD ["serve", "--profile", "cluster"]
