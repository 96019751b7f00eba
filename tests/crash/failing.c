/* Lets what a process writes to the files of one folder fail, when and how another one says.

   Preloaded (LD_PRELOAD); FAILING_DIR names the folder, FAILING_ORDERS a file of two numbers
   of 32 bits that is mapped: the error of every write, and of every sync; 0 for none.
   `tests.crash.failing` writes it. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITING = 0, SYNCING = 1 };

static const volatile int32_t *orders = NULL;
static char folder[PATH_MAX];
static size_t folder_length;

static void give_up(const char *why) {
    fprintf(stderr, "failing: %s: %s\n", why, strerror(errno));
    _exit(99);
}

__attribute__((constructor)) static void begin(void) {
    const char *where = getenv("FAILING_DIR"), *told = getenv("FAILING_ORDERS");
    if (where == NULL || told == NULL) return;
    if (realpath(where, folder) == NULL) give_up(where);
    folder_length = strlen(folder);
    int descriptor = syscall(SYS_openat, AT_FDCWD, told, O_RDONLY | O_CLOEXEC, 0);
    if (descriptor < 0) give_up(told);
    void *mapped = mmap(NULL, 2 * sizeof(int32_t), PROT_READ, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) give_up(told);
    syscall(SYS_close, descriptor);
    orders = mapped;
}

/* Whether a call on a descriptor is to fail; sets errno if so. */
static int fails(int descriptor, int what) {
    char link[64], path[PATH_MAX];
    if (orders == NULL || orders[what] == 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < (ssize_t)folder_length || strncmp(path, folder, folder_length) != 0) return 0;
    path[length] = '\0';
    if (strstr(path, "-shm") != NULL) return 0; /* memory, not disk */
    errno = orders[what];
    return 1;
}

#define PWRITE(function)                                                                       \
    ssize_t function(int descriptor, const void *bytes, size_t length, off64_t offset) {       \
        if (fails(descriptor, WRITING)) return -1;                                             \
        return syscall(SYS_pwrite64, descriptor, bytes, length, offset);                       \
    }

PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int descriptor, const void *bytes, size_t length) {
    if (fails(descriptor, WRITING)) return -1;
    return syscall(SYS_write, descriptor, bytes, length);
}

#define TRUNCATE(function)                                                                     \
    int function(int descriptor, off64_t size) {                                               \
        if (fails(descriptor, WRITING)) return -1;                                             \
        return syscall(SYS_ftruncate, descriptor, size);                                       \
    }

TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

/* This one gives the error instead of setting errno. */
#define FALLOCATE(function)                                                                    \
    int function(int descriptor, off64_t offset, off64_t length) {                             \
        if (fails(descriptor, WRITING)) return errno;                                          \
        return syscall(SYS_fallocate, descriptor, 0, offset, length) ? errno : 0;              \
    }

FALLOCATE(posix_fallocate)
FALLOCATE(posix_fallocate64)

int fsync(int descriptor) {
    return fails(descriptor, SYNCING) ? -1 : syscall(SYS_fsync, descriptor);
}

int fdatasync(int descriptor) {
    return fails(descriptor, SYNCING) ? -1 : syscall(SYS_fdatasync, descriptor);
}

/* A file system that takes no writes says so. */
#define STATVFS(function, type)                                                                \
    int function(const char *path, struct type *found) {                                       \
        int (*real)(const char *, struct type *) = dlsym(RTLD_NEXT, #function);                \
        int failed = real(path, found);                                                        \
        if (!failed && orders != NULL && orders[WRITING] == EROFS) found->f_flag |= ST_RDONLY; \
        return failed;                                                                         \
    }

STATVFS(statvfs, statvfs)
STATVFS(statvfs64, statvfs64)
