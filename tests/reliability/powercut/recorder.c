/* An LD_PRELOAD library that writes down, in the order in which they were done, a program's
 * operations on the files under some folders and the bytes it sends on some sockets.
 *
 * POWERCUT_LOG     the file to append to
 * POWERCUT_FOLDERS folders, whole paths, separated by colons
 * POWERCUT_SOCKETS name=port or name=path, separated by colons
 *
 * A record: struct head in the machine's order, the path, the second path, the data. One mutex is
 * held over each operation and its record, so that the order in the log is the order on the disk.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST_FDS 4096

struct head {
    uint32_t what, path_bytes, second_bytes, data_bytes;
    int64_t fd, offset;
};

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static unsigned char watched[MOST_FDS];
static int log_fd = -1;
static const char *folders, *sockets;

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL)
        abort();
    return found;
}

__attribute__((constructor)) static void begin(void)
{
    const char *log = getenv("POWERCUT_LOG");
    folders = getenv("POWERCUT_FOLDERS");
    sockets = getenv("POWERCUT_SOCKETS");
    if (log == NULL || folders == NULL)
        return;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT, 0600);
    log_fd = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 900);
    syscall(SYS_close, fd);
}

static void note(char what, int fd, int64_t offset, const char *path, const char *second,
                 const void *data, size_t bytes)
{
    struct head head = {(uint32_t)what, path ? strlen(path) : 0, second ? strlen(second) : 0,
                        (uint32_t)bytes, fd, offset};
    struct iovec parts[4] = {{&head, sizeof head},
                             {(void *)path, head.path_bytes},
                             {(void *)second, head.second_bytes},
                             {(void *)data, bytes}};
    size_t all = sizeof head + head.path_bytes + head.second_bytes + bytes;
    if ((size_t)syscall(SYS_writev, log_fd, parts, 4) != all)
        abort(); /* a log with a hole proves nothing */
}

static int is_under(const char *path)
{
    if (log_fd < 0 || path == NULL || path[0] != '/')
        return 0;
    for (const char *folder = folders; *folder;) {
        size_t length = strcspn(folder, ":");
        if (strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == 0))
            return 1;
        folder += length + (folder[length] == ':');
    }
    return 0;
}

static int is_watched(int fd) { return fd >= 0 && fd < MOST_FDS && watched[fd]; }

/* ------------------------------------------------------------------ files */

static int opened(int (*open_it)(const char *, int, ...), const char *path, int flags, mode_t mode)
{
    if (!is_under(path))
        return open_it(path, flags, mode);
    pthread_mutex_lock(&order);
    int fd = open_it(path, flags, mode);
    int trouble = errno;
    if (fd >= 0 && fd < MOST_FDS) {
        watched[fd] = 1;
        note('o', fd, flags, path, NULL, NULL, 0);
    }
    pthread_mutex_unlock(&order);
    errno = trouble;
    return fd;
}

#define OPEN(name)                                   \
    int name(const char *path, int flags, ...)       \
    {                                                \
        va_list more;                                \
        va_start(more, flags);                       \
        mode_t mode = (mode_t)va_arg(more, int);     \
        va_end(more);                                \
        return opened(REAL(name), path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                    \
    int name(int folder, const char *path, int flags, ...)              \
    {                                                                   \
        va_list more;                                                   \
        va_start(more, flags);                                          \
        mode_t mode = (mode_t)va_arg(more, int);                        \
        va_end(more);                                                   \
        if (is_under(path))                                             \
            return opened(REAL(open64), path, flags, mode);             \
        return REAL(name)(folder, path, flags, mode);                   \
    }
OPENAT(openat)
OPENAT(openat64)

/* Do `call` under the mutex; when it did not fail, `then` writes it down. */
#define IN_ORDER(is_ours, type, call, then) \
    do {                                    \
        if (!(is_ours))                     \
            return call;                    \
        pthread_mutex_lock(&order);         \
        type done = call;                   \
        int trouble = errno;                \
        if (done >= 0) {                    \
            then;                           \
        }                                   \
        pthread_mutex_unlock(&order);       \
        errno = trouble;                    \
        return done;                        \
    } while (0)

int close(int fd)
{
    IN_ORDER(is_watched(fd), int, REAL(close)(fd),
             watched[fd] = 0; note('c', fd, 0, NULL, NULL, NULL, 0));
}

ssize_t write(int fd, const void *data, size_t bytes)
{
    IN_ORDER(is_watched(fd), ssize_t, REAL(write)(fd, data, bytes),
             note('w', fd, lseek(fd, 0, SEEK_CUR) - done, NULL, NULL, data, (size_t)done));
}

ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset)
{
    IN_ORDER(is_watched(fd), ssize_t, REAL(pwrite)(fd, data, bytes, offset),
             note('w', fd, offset, NULL, NULL, data, (size_t)done));
}

ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t offset)
{
    IN_ORDER(is_watched(fd), ssize_t, REAL(pwrite64)(fd, data, bytes, offset),
             note('w', fd, offset, NULL, NULL, data, (size_t)done));
}

int fsync(int fd)
{
    IN_ORDER(is_watched(fd), int, REAL(fsync)(fd), note('s', fd, 0, NULL, NULL, NULL, 0));
}

int fdatasync(int fd)
{
    IN_ORDER(is_watched(fd), int, REAL(fdatasync)(fd), note('s', fd, 1, NULL, NULL, NULL, 0));
}

int ftruncate(int fd, off_t size)
{
    IN_ORDER(is_watched(fd), int, REAL(ftruncate)(fd, size),
             note('t', fd, size, NULL, NULL, NULL, 0));
}

int ftruncate64(int fd, off64_t size)
{
    IN_ORDER(is_watched(fd), int, REAL(ftruncate64)(fd, size),
             note('t', fd, size, NULL, NULL, NULL, 0));
}

int rename(const char *from, const char *to)
{
    IN_ORDER(is_under(from) || is_under(to), int, REAL(rename)(from, to),
             note('r', -1, 0, from, to, NULL, 0));
}

int unlink(const char *path)
{
    IN_ORDER(is_under(path), int, REAL(unlink)(path), note('u', -1, 0, path, NULL, NULL, 0));
}

int mkdir(const char *path, mode_t mode)
{
    IN_ORDER(is_under(path), int, REAL(mkdir)(path, mode), note('d', -1, 0, path, NULL, NULL, 0));
}

/* A mapping that is written through goes past this log: it is noted, and the reader of the log
 * refuses it unless he knows that nothing durable lies there. */
void *mmap64(void *at, size_t bytes, int protection, int flags, int fd, off64_t offset)
{
    if (is_watched(fd) && (flags & MAP_SHARED) && (protection & PROT_WRITE)) {
        pthread_mutex_lock(&order);
        note('m', fd, offset, NULL, NULL, NULL, 0);
        pthread_mutex_unlock(&order);
    }
    return REAL(mmap64)(at, bytes, protection, flags, fd, offset);
}

void *mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    return mmap64(at, bytes, protection, flags, fd, offset);
}

/* ------------------------------------------------------------------ sockets */

static int is_at(const struct sockaddr_storage *end, socklen_t length, const char *place, size_t n)
{
    char text[PATH_MAX] = "";
    if (end->ss_family == AF_INET)
        snprintf(text, sizeof text, "%d", ntohs(((const struct sockaddr_in *)end)->sin_port));
    else if (end->ss_family == AF_UNIX && length > offsetof(struct sockaddr_un, sun_path))
        snprintf(text, sizeof text, "%s", ((const struct sockaddr_un *)end)->sun_path);
    return strlen(text) == n && strncmp(text, place, n) == 0;
}

/* The name under which a socket was asked for, in `name`; 0 when it was not. */
static int is_named(int fd, char *name, size_t most)
{
    struct sockaddr_storage here = {0}, there = {0};
    socklen_t here_bytes = sizeof here, there_bytes = sizeof there;
    if (log_fd < 0 || sockets == NULL || getsockname(fd, (void *)&here, &here_bytes) != 0)
        return 0;
    if (getpeername(fd, (void *)&there, &there_bytes) != 0)
        return 0;
    for (const char *entry = sockets; *entry;) {
        size_t length = strcspn(entry, ":"), label = strcspn(entry, "=");
        const char *place = entry + label + 1;
        size_t bytes = length - label - 1;
        if (is_at(&here, here_bytes, place, bytes) || is_at(&there, there_bytes, place, bytes)) {
            snprintf(name, most, "%.*s", (int)label, entry);
            return 1;
        }
        entry += length + (entry[length] == ':');
    }
    return 0;
}

ssize_t send(int fd, const void *data, size_t bytes, int flags)
{
    char name[64];
    IN_ORDER(is_named(fd, name, sizeof name), ssize_t, REAL(send)(fd, data, bytes, flags),
             note('n', fd, 0, name, NULL, data, (size_t)done));
}

/* ------------------------------------------------------------------ marks */

/* For the recorded program itself: something that is no system call happens now. */
void powercut_mark(const char *text)
{
    pthread_mutex_lock(&order);
    note('#', -1, 0, NULL, NULL, text, strlen(text));
    pthread_mutex_unlock(&order);
}
