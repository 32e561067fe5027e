# One image for all of Deskwire's own processes; docker-compose.yml says which one runs where.
FROM node:20-bookworm-slim AS build
WORKDIR /deskwire
COPY . .
# The set-up installs from the lockfile and builds services and web app; nats-server and ClickHouse are containers of their own.
RUN node -e "import('./supervisor/setup.mjs').then(({ setUp }) => setUp({ services: true, web: true }))"

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /deskwire
COPY --from=build /deskwire /deskwire
# The engine in a process is for machines without Docker; nothing here needs to write to the image.
USER node
CMD ["node", "--enable-source-maps", "build/web/src/main.mjs"]
