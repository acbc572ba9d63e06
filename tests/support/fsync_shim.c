/*
 * Puts a test between a process and its disk: preloaded (LD_PRELOAD), it slows, holds, fails, counts and traces
 * what makes data durable, and lets a disk be full.
 *
 *   LANGNGHE_SHIM_DELAY_US=N      every sync takes N microseconds longer
 *   LANGNGHE_SHIM_COUNT=PATH      a native uint64 at the start of PATH counts completed syncs, of all processes
 *   LANGNGHE_SHIM_TRACE=PATH      one line a sync: began ended pid errno kind path (CLOCK_MONOTONIC, nanoseconds)
 *   LANGNGHE_SHIM_CONTROL=PATH    struct control, mapped: a test changes it while we run
 *   LANGNGHE_SHIM_DISK=PATH       what lies below is shadowed: after each completed sync of a file its content, of a
 *   LANGNGHE_SHIM_SHADOW=PATH     folder its list of names, is copied to SHADOW: what a power cut would leave
 *   LANGNGHE_SHIM_NAMES=1         a sync of a file keeps its name as well: more than POSIX promises, and what ext4, XFS
 *                                 and btrfs do; PostgreSQL counts on it for the files of its tables
 *
 * Neither SQLite nor PostgreSQL opens files O_SYNC or O_DSYNC by default, so that open() is left alone.
 * sync_file_range() promises nothing about durability: it is traced and never counted.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define PREFIX_BYTES 512
#define NO_MATTER UINT64_MAX
#define LONGEST_HOLD_NS 120000000000ull

/* Known to fsync_shim.py by these very offsets. A prefix is compared as text: it may name a folder or a file. */
struct control {
    _Atomic uint64_t delay_us;   /*  0 */
    _Atomic uint64_t hold;       /*  8: a sync below sync_prefix waits while this is not 0 */
    _Atomic uint64_t fail;       /* 16: so many syncs below sync_prefix fail with EIO; UINT64_MAX: all */
    _Atomic uint64_t space;      /* 24: bytes that may be written below space_prefix; UINT64_MAX: as many as you like */
    _Atomic uint64_t begun;      /* 32: syncs below sync_prefix that have begun, */
    _Atomic uint64_t held;       /* 40: are waiting, */
    _Atomic uint64_t failed;     /* 48: were failed; */
    _Atomic uint64_t refused;    /* 56: writes below space_prefix that found no space */
    char sync_prefix[PREFIX_BYTES];   /* 64 */
    char space_prefix[PREFIX_BYTES];  /* 576 */
};

static struct control *control;
static _Atomic uint64_t *count;
static uint64_t fixed_delay_us;
static int trace = -1;
static const char *disk;
static const char *shadow;
static int keeps_names;

static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_syncfs)(int);
static int (*real_sync_file_range)(int, off64_t, off64_t, unsigned int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_posix_fallocate)(int, off_t, off_t);

static void give_up(const char *variable)
{
    dprintf(2, "fsync_shim: cannot use %s: %s\n", variable, strerror(errno));
    _exit(97);
}

/* The file that a variable names, open; -1 when it names none. Several users may share what we make. */
static int opened(const char *variable, int flags)
{
    const char *path = getenv(variable);
    if (!path || !*path)
        return -1;
    int file = open(path, flags | O_CLOEXEC | O_CREAT | O_EXCL, 0666);
    if (file >= 0)
        fchmod(file, 0666);
    else
        file = open(path, flags | O_CLOEXEC);
    if (file < 0)
        give_up(variable);
    return file;
}

static void *mapped(const char *variable, size_t size)
{
    int file = opened(variable, O_RDWR);
    if (file < 0)
        return NULL;
    if (lseek(file, 0, SEEK_END) < (off_t)size && ftruncate(file, (off_t)size) != 0)
        give_up(variable);
    void *place = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (place == MAP_FAILED)
        give_up(variable);
    return place;
}

/* PostgreSQL writes its titles over the environment that it was started with. */
static const char *copied(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value ? strdup(value) : NULL;
}

static void forget(void *place, size_t size)
{
    if (place)
        munmap(place, size);
}

/* Reads the settings anew: for a process that was forked from one that is preloaded and has none. */
void shim_configure(void)
{
    forget(count, sizeof *count);
    forget(control, sizeof *control);
    if (trace >= 0)
        close(trace);
    const char *delay = getenv("LANGNGHE_SHIM_DELAY_US");
    fixed_delay_us = delay ? strtoull(delay, NULL, 10) : 0;
    shadow = copied("LANGNGHE_SHIM_SHADOW");
    disk = shadow ? copied("LANGNGHE_SHIM_DISK") : NULL;
    keeps_names = getenv("LANGNGHE_SHIM_NAMES") != NULL;
    count = mapped("LANGNGHE_SHIM_COUNT", sizeof *count);
    control = mapped("LANGNGHE_SHIM_CONTROL", sizeof *control);
    trace = opened("LANGNGHE_SHIM_TRACE", O_WRONLY | O_APPEND);
}

__attribute__((constructor)) static void begin(void)
{
    if (real_write)
        return;
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_syncfs = dlsym(RTLD_NEXT, "syncfs");
    real_sync_file_range = dlsym(RTLD_NEXT, "sync_file_range");
    real_writev = dlsym(RTLD_NEXT, "writev");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    real_pwritev = dlsym(RTLD_NEXT, "pwritev");
    real_posix_fallocate = dlsym(RTLD_NEXT, "posix_fallocate");
    real_write = dlsym(RTLD_NEXT, "write");
    shim_configure();
}

static uint64_t now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (uint64_t)at.tv_sec * 1000000000ull + (uint64_t)at.tv_nsec;
}

static void rest(uint64_t us)
{
    struct timespec left = {(time_t)(us / 1000000), (long)(us % 1000000) * 1000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

/* The path of an open file; empty when the kernel does not tell. */
static void path_of(int file, char *path, size_t size)
{
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, size - 1);
    path[length < 0 ? 0 : length] = '\0';
}

static int below(const char *path, const char *prefix)
{
    return strncmp(path, prefix, strnlen(prefix, PREFIX_BYTES)) == 0;
}

static void wait_for_release(void)
{
    uint64_t latest = now() + LONGEST_HOLD_NS;
    atomic_fetch_add(&control->held, 1);
    while (atomic_load(&control->hold) && now() < latest)
        rest(200);
    atomic_fetch_sub(&control->held, 1);
}

/* Takes one of the failures that are left. */
static int must_fail(void)
{
    uint64_t left = atomic_load(&control->fail);
    while (left && left != NO_MATTER)
        if (atomic_compare_exchange_weak(&control->fail, &left, left - 1))
            break;
    if (left)
        atomic_fetch_add(&control->failed, 1);
    return left != 0;
}

static void note(uint64_t began, int error, const char *kind, const char *path)
{
    char line[PATH_MAX + 128];
    int length = snprintf(line, sizeof line, "%llu %llu %d %d %s %s\n", (unsigned long long)began,
                          (unsigned long long)now(), (int)getpid(), error, kind, path);
    if (trace >= 0 && real_write(trace, line, (size_t)length) != length)
        _exit(97);
}

/* What the test wants before the disk is asked; 1 when the disk is not to be asked at all. */
static int before(const char *path)
{
    uint64_t delay = fixed_delay_us;
    int fails = 0;
    if (control && below(path, control->sync_prefix)) {
        atomic_fetch_add(&control->begun, 1);
        delay += atomic_load(&control->delay_us);
        wait_for_release();
        fails = must_fail();
    }
    if (delay)
        rest(delay);
    return fails;
}

/* A name for a file that outlives its renaming and is not given to another file after its end. */
int shim_identity(const char *path, char *name, size_t size)
{
    struct statx found;
    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &found) != 0)
        return -1;
    return snprintf(name, size, "%llu-%lld-%u", (unsigned long long)found.stx_ino,
                    (long long)found.stx_btime.tv_sec, found.stx_btime.tv_nsec);
}

static void copy(int from, int to)
{
    char data[65536];
    off_t place = 0;
    ssize_t size;
    while ((size = pread(from, data, sizeof data, place)) > 0) {
        if (real_write(to, data, (size_t)size) != size)
            give_up("LANGNGHE_SHIM_SHADOW");
        place += size;
    }
    if (size < 0)
        give_up("LANGNGHE_SHIM_SHADOW");
}

/* One line an entry: identity, d or f, name. */
static void list(const char *folder, int to)
{
    char path[PATH_MAX], identity[80];
    DIR *entries = opendir(folder);
    if (!entries)
        give_up("LANGNGHE_SHIM_DISK");
    for (struct dirent *one; (one = readdir(entries));) {
        if (!strcmp(one->d_name, ".") || !strcmp(one->d_name, ".."))
            continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, one->d_name) >= (int)sizeof path
            || shim_identity(path, identity, sizeof identity) < 0)
            continue; /* removed meanwhile */
        dprintf(to, "%s %c %s\n", identity, one->d_type == DT_DIR ? 'd' : 'f', one->d_name);
    }
    closedir(entries);
}

/* Adds one name to what is kept of its folder. */
static void keep_name(const char *path, const char *identity)
{
    char folder[PATH_MAX], parent[80], name[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *base = strrchr(folder, '/');
    *base++ = '\0';
    if (shim_identity(folder, parent, sizeof parent) < 0)
        return;
    snprintf(name, sizeof name, "%s/%s", shadow, parent);
    int to = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (to < 0 || dprintf(to, "%s f %s\n", identity, base) < 0)
        give_up("LANGNGHE_SHIM_SHADOW");
    close(to);
}

/*
 * Copies what is durable now; under a lock, so that whoever copies later copies the newer state. A file is read
 * through its own descriptor where that is possible: closing another one would end the process's locks on it.
 */
static void keep(int file, const char *path)
{
    char link[40], name[PATH_MAX], fresh[PATH_MAX], identity[80];
    struct stat about;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    snprintf(name, sizeof name, "%s/.lock", shadow);
    int lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock < 0 || flock(lock, LOCK_EX) != 0 || fstat(file, &about) != 0)
        give_up("LANGNGHE_SHIM_SHADOW");
    if (about.st_nlink && shim_identity(path, identity, sizeof identity) > 0) {
        snprintf(name, sizeof name, "%s/%s", shadow, identity);
        snprintf(fresh, sizeof fresh, "%s/.fresh", shadow);
        int to = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        int readable = (fcntl(file, F_GETFL) & O_ACCMODE) != O_WRONLY;
        int from = S_ISDIR(about.st_mode) || readable ? file : open(link, O_RDONLY | O_CLOEXEC);
        if (to < 0 || from < 0)
            give_up("LANGNGHE_SHIM_SHADOW");
        if (S_ISDIR(about.st_mode))
            list(path, to);
        else
            copy(from, to);
        if (from != file)
            close(from);
        close(to);
        if (rename(fresh, name) != 0)
            give_up("LANGNGHE_SHIM_SHADOW");
        if (keeps_names && !S_ISDIR(about.st_mode))
            keep_name(path, identity);
    }
    close(lock);
}

static int synced(int file, int (*real)(int), const char *kind)
{
    char path[PATH_MAX] = "";
    uint64_t began = now();
    if (control || disk || trace >= 0)
        path_of(file, path, sizeof path);
    int fails = before(path);
    int result = fails ? -1 : real(file);
    int error = fails ? EIO : result ? errno : 0;
    if (!error && disk && below(path, disk))
        keep(file, path);
    if (!error && count)
        atomic_fetch_add(count, 1);
    if (trace >= 0)
        note(began, error, kind, path);
    errno = error;
    return result;
}

int fsync(int file)
{
    begin();
    return synced(file, real_fsync, "fsync");
}

int fdatasync(int file)
{
    begin();
    return synced(file, real_fdatasync, "fdatasync");
}

int syncfs(int file)
{
    begin();
    return synced(file, real_syncfs, "syncfs");
}

int sync_file_range(int file, off64_t offset, off64_t bytes, unsigned int flags)
{
    begin();
    uint64_t began = now();
    int result = real_sync_file_range(file, offset, bytes, flags);
    int error = result ? errno : 0;
    if (trace >= 0) {
        char path[PATH_MAX];
        path_of(file, path, sizeof path);
        note(began, error, "range", path);
    }
    errno = error;
    return result;
}

/* How many of `wanted` bytes the disk still takes; a full one refuses the first byte and shortens what it half takes. */
static size_t room(int file, size_t wanted)
{
    if (!control || !wanted || atomic_load(&control->space) == NO_MATTER)
        return wanted;
    char path[PATH_MAX];
    int kept = errno;
    path_of(file, path, sizeof path);
    errno = kept;
    if (!below(path, control->space_prefix))
        return wanted;
    uint64_t left = atomic_load(&control->space);
    size_t taken = wanted;
    do {
        if (left == NO_MATTER)
            return wanted;
        taken = left < wanted ? (size_t)left : wanted;
    } while (!atomic_compare_exchange_weak(&control->space, &left, left - taken));
    if (!taken)
        atomic_fetch_add(&control->refused, 1);
    return taken;
}

static ssize_t full(void)
{
    errno = ENOSPC;
    return -1;
}

static size_t total(const struct iovec *parts, int number)
{
    size_t size = 0;
    for (int one = 0; one < number; one++)
        size += parts[one].iov_len;
    return size;
}

ssize_t write(int file, const void *data, size_t size)
{
    begin();
    size_t taken = room(file, size);
    return size && !taken ? full() : real_write(file, data, taken);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t offset)
{
    begin();
    size_t taken = room(file, size);
    return size && !taken ? full() : real_pwrite(file, data, taken, offset);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t offset)
{
    return pwrite(file, data, size, offset);
}

/* A vector is taken whole or not at all: shortening it would only make this longer. */
ssize_t writev(int file, const struct iovec *parts, int number)
{
    begin();
    size_t size = total(parts, number);
    return room(file, size) < size ? full() : real_writev(file, parts, number);
}

ssize_t pwritev(int file, const struct iovec *parts, int number, off_t offset)
{
    begin();
    size_t size = total(parts, number);
    return room(file, size) < size ? full() : real_pwritev(file, parts, number, offset);
}

ssize_t pwritev64(int file, const struct iovec *parts, int number, off64_t offset)
{
    return pwritev(file, parts, number, offset);
}

int posix_fallocate(int file, off_t offset, off_t size)
{
    begin();
    return room(file, (size_t)size) < (size_t)size ? ENOSPC : real_posix_fallocate(file, offset, size);
}

int posix_fallocate64(int file, off64_t offset, off64_t size)
{
    return posix_fallocate(file, offset, size);
}
