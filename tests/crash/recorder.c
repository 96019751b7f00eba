/* Records what a process writes to the files of one folder, and when it asks for that to be kept.

   Preloaded (LD_PRELOAD) into a process; ROOST_RECORD_DIR names the folder, ROOST_RECORD_LOG the
   file the records are appended to. A record is a header, the file's name without its folder, and
   for a write the bytes. `tests.crash.disks` reads them. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { OPENED = 1, WRITTEN = 2, CUT_OFF = 3, SYNCED = 4, REMOVED = 5, FOLDER_SYNCED = 6 };

struct header {
    uint32_t what;
    uint32_t name_length;
    uint64_t offset; /* of a write; the new size of a file that is cut off */
    uint64_t length; /* of a write */
};

#define MOST_FILES 4096
#define LONGEST_NAME 128

static char names[MOST_FILES][LONGEST_NAME]; /* by descriptor; "" where it is none of ours */
static char folder[PATH_MAX];
static size_t folder_length;
static int record_to = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void give_up(const char *why) {
    fprintf(stderr, "recorder: %s: %s\n", why, strerror(errno));
    _exit(99);
}

__attribute__((constructor)) static void begin(void) {
    const char *where = getenv("ROOST_RECORD_DIR"), *log = getenv("ROOST_RECORD_LOG");
    if (where == NULL || log == NULL) return;
    if (realpath(where, folder) == NULL) give_up(where);
    folder_length = strlen(folder);
    record_to = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (record_to < 0) give_up(log);
}

static void put(const void *bytes, size_t length) {
    const char *from = bytes;
    while (length > 0) {
        ssize_t written = syscall(SYS_write, record_to, from, length);
        if (written < 0) give_up("the record cannot be written");
        from += written;
        length -= written;
    }
}

static void record(uint32_t what, const char *name, uint64_t offset, const void *bytes, size_t length) {
    struct header header = {what, strlen(name), offset, length};
    pthread_mutex_lock(&lock);
    put(&header, sizeof header);
    put(name, header.name_length);
    if (what == WRITTEN) put(bytes, length);
    pthread_mutex_unlock(&lock);
}

/* Gives a path's name within the folder, "." for the folder itself, NULL for a path elsewhere. */
static const char *name_of(const char *path) {
    static __thread char whole[PATH_MAX];
    if (record_to < 0 || path == NULL) return NULL;
    if (path[0] != '/') {
        char here[PATH_MAX / 2];
        if (getcwd(here, sizeof here) == NULL) return NULL;
        snprintf(whole, sizeof whole, "%s/%s", here, path);
        path = whole;
    }
    if (strncmp(path, folder, folder_length) != 0) return NULL;
    path += folder_length;
    if (*path == '\0') return ".";
    return *path == '/' && strlen(path + 1) < LONGEST_NAME ? path + 1 : NULL;
}

static const char *known(int descriptor) {
    if (descriptor < 0 || descriptor >= MOST_FILES || record_to < 0) return NULL;
    return names[descriptor][0] ? names[descriptor] : NULL;
}

static int opened(int descriptor, const char *path, int flags) {
    const char *name = descriptor >= 0 ? name_of(path) : NULL;
    if (descriptor >= 0 && descriptor < MOST_FILES) {
        names[descriptor][0] = '\0';
        if (name != NULL) {
            strcpy(names[descriptor], name);
            if (flags & O_CREAT) record(OPENED, name, 0, NULL, 0);
            if (flags & O_TRUNC) record(CUT_OFF, name, 0, NULL, 0);
        }
    }
    return descriptor;
}

#define OPEN(function)                                                                         \
    int function(const char *path, int flags, ...) {                                           \
        va_list rest;                                                                          \
        va_start(rest, flags);                                                                 \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;              \
        va_end(rest);                                                                          \
        return opened(syscall(SYS_openat, AT_FDCWD, path, flags, mode), path, flags);          \
    }

OPEN(open)
OPEN(open64)

#define OPENAT(function)                                                                       \
    int function(int at, const char *path, int flags, ...) {                                   \
        va_list rest;                                                                          \
        va_start(rest, flags);                                                                 \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;              \
        va_end(rest);                                                                          \
        int descriptor = syscall(SYS_openat, at, path, flags, mode);                           \
        return at == AT_FDCWD ? opened(descriptor, path, flags) : descriptor;                  \
    }

OPENAT(openat)
OPENAT(openat64)

int close(int descriptor) {
    if (known(descriptor)) names[descriptor][0] = '\0';
    return syscall(SYS_close, descriptor);
}

#define PWRITE(function)                                                                       \
    ssize_t function(int descriptor, const void *bytes, size_t length, off64_t offset) {       \
        ssize_t written = syscall(SYS_pwrite64, descriptor, bytes, length, offset);            \
        if (written > 0 && known(descriptor))                                                  \
            record(WRITTEN, known(descriptor), offset, bytes, written);                        \
        return written;                                                                        \
    }

PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int descriptor, const void *bytes, size_t length) {
    const char *name = known(descriptor);
    off64_t offset = name ? syscall(SYS_lseek, descriptor, 0, SEEK_CUR) : 0;
    ssize_t written = syscall(SYS_write, descriptor, bytes, length);
    if (written > 0 && name) record(WRITTEN, name, offset, bytes, written);
    return written;
}

#define TRUNCATE(function)                                                                     \
    int function(int descriptor, off64_t size) {                                               \
        int failed = syscall(SYS_ftruncate, descriptor, size);                                 \
        if (!failed && known(descriptor)) record(CUT_OFF, known(descriptor), size, NULL, 0);   \
        return failed;                                                                         \
    }

TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

static int synced(int descriptor, long call) {
    const char *name = known(descriptor);
    int failed = syscall(call, descriptor);
    if (!failed && name)
        record(strcmp(name, ".") ? SYNCED : FOLDER_SYNCED, name, 0, NULL, 0);
    return failed;
}

int fsync(int descriptor) { return synced(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return synced(descriptor, SYS_fdatasync); }

int unlink(const char *path) {
    const char *name = name_of(path);
    int failed = syscall(SYS_unlink, path);
    if (!failed && name) record(REMOVED, name, 0, NULL, 0);
    return failed;
}
