/*
 * Reads a stream with libexpat, namespaces on, in chunks of 64 KiB: expat FILE PASSES
 * Prints the nanoseconds of all passes, and the stanzas of one. The time begins when the bytes are
 * in the parser's own memory, where a socket would be read to.
 */

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHUNK 65536

static int depth;
static long stanzas;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes) {
  (void)data, (void)name, (void)attributes;
  depth++;
}

static void XMLCALL on_end(void *data, const XML_Char *name) {
  (void)data, (void)name;
  if (--depth == 1) stanzas++;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  FILE *file = fopen(argv[1], "rb");
  if (!file) return 1;
  fseek(file, 0, SEEK_END);
  long length = ftell(file);
  rewind(file);
  char *bytes = malloc(length);
  if (!bytes || fread(bytes, 1, length, file) != (size_t)length) return 1;

  long long ns = 0;
  for (int pass = atoi(argv[2]); pass > 0; pass--) {
    stanzas = 0;
    XML_Parser parser = XML_ParserCreateNS("UTF-8", '\xff');
    XML_SetElementHandler(parser, on_start, on_end);
    for (long at = 0; at < length; at += CHUNK) {
      int size = length - at < CHUNK ? (int)(length - at) : CHUNK;
      void *buffer = XML_GetBuffer(parser, CHUNK);
      if (!buffer) return 1;
      memcpy(buffer, bytes + at, size);
      long long start = now();
      if (XML_ParseBuffer(parser, size, at + size == length) != XML_STATUS_OK) return 1;
      ns += now() - start;
    }
    XML_ParserFree(parser);
  }
  printf("%lld %ld %s\n", ns, stanzas, XML_ExpatVersion());
  return 0;
}
