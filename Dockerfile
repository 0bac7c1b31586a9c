# The studio as a container: an account that owns nothing but the data, and one volume with all of that.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements.txt constraints.txt ./
RUN pip install -r requirements.txt -c constraints.txt
COPY pyproject.toml README.md LICENSE app.py ./
COPY assets assets
COPY providers providers
COPY ui ui
RUN pip install --no-deps .
RUN install -d -m 0700 -o 10001 -g 10001 /data

ENV HOME=/tmp STUDIO_HOST=0.0.0.0 STUDIO_PORT=7860 STUDIO_DATA_DIR=/data
WORKDIR /data
VOLUME /data
EXPOSE 7860
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=1s \
  CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"STUDIO_PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["multishot-studio"]
