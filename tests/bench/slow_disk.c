/* Put before a program with LD_PRELOAD: every sync of its files takes SLOW_SYNC seconds more, SQLite's too.
   While the file SLOW_GATE is there, a sync of a file with SLOW_WORDS in its path does not come back. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void wait_for(double seconds) {
    struct timespec left = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
    while (nanosleep(&left, &left)) {
    }
}

static int is_stuck(int file) {
    const char *gate = getenv("SLOW_GATE"), *words = getenv("SLOW_WORDS");
    char link[64], path[PATH_MAX];
    if (!gate || !words || access(gate, F_OK)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, words) != NULL;
}

static int late(const char *name, int file) {
    const char *seconds = getenv("SLOW_SYNC");
    int (*sync)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    wait_for(seconds ? atof(seconds) : 0);
    while (is_stuck(file)) wait_for(0.02);
    return sync(file);
}

int fsync(int file) { return late("fsync", file); }

int fdatasync(int file) { return late("fdatasync", file); }
