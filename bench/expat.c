/*
 * Reads a stream with libexpat, namespaces on, in chunks of 64 KiB: expat FILE PASSES
 * Prints the nanoseconds of all passes, and the stanzas of one.
 */

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHUNK 65536

static int depth;
static long stanzas;

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

  struct timespec start, stop;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (int pass = atoi(argv[2]); pass > 0; pass--) {
    stanzas = 0;
    XML_Parser parser = XML_ParserCreateNS("UTF-8", '\xff');
    XML_SetElementHandler(parser, on_start, on_end);
    for (long at = 0; at < length; at += CHUNK) {
      int size = length - at < CHUNK ? (int)(length - at) : CHUNK;
      // As from a socket: into the parser's own memory.
      void *buffer = XML_GetBuffer(parser, CHUNK);
      if (!buffer) return 1;
      memcpy(buffer, bytes + at, size);
      if (XML_ParseBuffer(parser, size, at + size == length) != XML_STATUS_OK) return 1;
    }
    XML_ParserFree(parser);
  }
  clock_gettime(CLOCK_MONOTONIC, &stop);
  long long ns = (stop.tv_sec - start.tv_sec) * 1000000000LL + (stop.tv_nsec - start.tv_nsec);
  printf("%lld %ld %s\n", ns, stanzas, XML_ExpatVersion());
  return 0;
}
