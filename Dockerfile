# The server with its page. The image holds no state: give it DATABASE_URL, or a volume at /data for the embedded Postgres.
#   docker build -t colloquy .
#   docker run --read-only --tmpfs /tmp -v colloquy:/data -p 3000:3000 colloquy

FROM node:24.21.0-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# The Node packages are for machines whose own Node is too old; this image has the right one.
RUN npm ci --omit=optional --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:24.21.0-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
RUN mkdir /data && chown node:node /data
COPY --from=build /build/package.json /build/LICENSE ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/migrations ./migrations
COPY --from=build /build/dist ./dist
COPY --from=build /build/server ./server
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# As npm start: short-lived objects of many streams die young.
ENTRYPOINT ["node", "--max-semi-space-size=8", "server/main.ts"]
CMD ["serve"]
