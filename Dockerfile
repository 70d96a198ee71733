FROM python:3.11-slim
RUN useradd --create-home --uid 10001 mgramseva
WORKDIR /app
COPY requirements/app.txt requirements/app.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/app.txt
COPY backend backend
COPY bot bot
COPY flows flows
COPY locales locales
COPY benchmarks benchmarks
USER mgramseva
ENV PYTHONPATH=/app PYTHONUNBUFFERED=1
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --retries=5 CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live')"]
CMD ["python", "-m", "bot.cli", "serve", "--host", "0.0.0.0", "--port", "8000"]
