/*
 * What a power cut would leave: a preload library that keeps, beside a folder, a shadow of it as of the last sync.
 *
 * Model (strict POSIX): fsync and fdatasync of a file keep that file's content and size; fsync of a folder keeps that
 * folder's entries: what was created, renamed or removed in it. Nothing else survives, however long ago it was written.
 * ext4 keeps more (syncing a new file also keeps its entry); what survives here survives there.
 *
 * Contents are kept per inode, entries per folder, so a rename without a sync of its folder is lost and a synced file
 * without an entry is unreachable. Inodes are told apart by number and birth time, since numbers are used again.
 *
 *   POWERCUT_ROOT  the folder that is watched, as realpath gives it
 *   POWERCUT_SHADOW   where the shadow lies: files/<inode> are contents, dirs/<inode> are entries
 *
 * Not modelled: sync(2) and syncfs(2) keep nothing; two processes that write one file each sync only their own writes.
 * The wrappers make the system calls themselves, so nothing is looked up and nothing can call itself.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct range {
  off_t from, to;
};

/* One watched file; never freed, so that a pointer in the table of descriptors stays good. */
struct node {
  char key[48];
  struct node *next;
  pthread_mutex_t marking; /* the fields below */
  pthread_mutex_t copying; /* one sync at a time: a sync that returns must have everything in the shadow */
  struct range *dirty;
  size_t count, room;
  off_t low;    /* the shortest it has been since the last sync, or -1 */
  int appended; /* what lies beyond the last sync's end is new */
  int whole;    /* written in ways that we do not follow: copy all of it */
  int mapped;   /* writable in memory, so at any time from now on: always copy all of it */
};

enum { descriptors = 65536, buckets = 4096, path_room = PATH_MAX + 64 };
static struct node outside; /* stands for every descriptor that is not watched */
static struct node *_Atomic seen[descriptors];
static struct node *table[buckets];
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX], shadow[PATH_MAX];
static size_t root_length;

__attribute__((constructor)) static void begin(void) {
  const char *watched = getenv("POWERCUT_ROOT"), *kept = getenv("POWERCUT_SHADOW");
  if (!watched || !kept || strlen(watched) >= sizeof root || strlen(kept) >= sizeof shadow) return;
  strcpy(shadow, kept);
  strcpy(root, watched);
  root_length = strlen(root);
}

/* A shadow that cannot be kept would make the drill lie: better no process than a wrong one. */
static void give_up(const char *what) {
  char text[256];
  int length = snprintf(text, sizeof text, "powercut: %s: %s\n", what, strerror(errno));
  syscall(SYS_write, 2, text, length);
  abort();
}

static int open_raw(const char *path, int flags, mode_t mode) { return syscall(SYS_openat, AT_FDCWD, path, flags, mode); }

/* ---- which file a descriptor is ---- */

static void key_of(const struct statx *about, char key[48]) {
  snprintf(key, 48, "%llu-%llu", (unsigned long long)about->stx_ino,
           (unsigned long long)about->stx_btime.tv_sec * 1000000000ull + about->stx_btime.tv_nsec);
}

static int is_below_root(int fd) {
  char link[48], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return !strncmp(path, root, root_length) && (path[root_length] == '/' || path[root_length] == 0);
}

static struct node *node_of(const char *key) {
  unsigned hash = 5381;
  for (const char *at = key; *at; at++) hash = hash * 33 + (unsigned char)*at;
  struct node **bucket = &table[hash % buckets];
  pthread_mutex_lock(&table_lock);
  struct node *node = *bucket;
  while (node && strcmp(node->key, key)) node = node->next;
  if (!node) {
    if (!(node = calloc(1, sizeof *node))) give_up("memory");
    strcpy(node->key, key);
    node->low = -1;
    pthread_mutex_init(&node->marking, NULL);
    pthread_mutex_init(&node->copying, NULL);
    node->next = *bucket;
    *bucket = node;
  }
  pthread_mutex_unlock(&table_lock);
  return node;
}

/* The watched file behind a descriptor, or NULL. */
static struct node *watched(int fd) {
  if (!root_length || fd < 0 || fd >= descriptors) return NULL;
  struct node *node = atomic_load(&seen[fd]);
  if (!node) {
    int before = errno;
    struct statx about;
    char key[48];
    node = &outside;
    if (!syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &about) && S_ISREG(about.stx_mode) &&
        is_below_root(fd)) {
      key_of(&about, key);
      node = node_of(key);
    }
    atomic_store(&seen[fd], node);
    errno = before;
  }
  return node == &outside ? NULL : node;
}

static void forget(int fd) {
  if (fd >= 0 && fd < descriptors) atomic_store(&seen[fd], NULL);
}

/* ---- what was written ---- */

/* Called after the write and before the caller knows of it: a sync in between may keep it, none may lose it. */
static void mark(struct node *node, off_t from, off_t to) {
  if (from >= to) return;
  pthread_mutex_lock(&node->marking);
  struct range *last = node->count ? &node->dirty[node->count - 1] : NULL;
  if (last && from <= last->to && to >= last->from) {
    if (from < last->from) last->from = from;
    if (to > last->to) last->to = to;
  } else {
    if (node->count == node->room) {
      node->room = node->room ? node->room * 2 : 16;
      if (!(node->dirty = realloc(node->dirty, node->room * sizeof *node->dirty))) give_up("memory");
    }
    node->dirty[node->count++] = (struct range){from, to};
  }
  pthread_mutex_unlock(&node->marking);
}

static void mark_cut(struct node *node, off_t length) {
  pthread_mutex_lock(&node->marking);
  if (node->low < 0 || length < node->low) node->low = length;
  pthread_mutex_unlock(&node->marking);
}

static void mark_as(struct node *node, int *flag) {
  pthread_mutex_lock(&node->marking);
  *flag = 1;
  pthread_mutex_unlock(&node->marking);
}

/* ---- keeping it ---- */

static void copy(int from_fd, int to_fd, off_t at, off_t end) {
  char *buffer = malloc(1 << 18);
  if (!buffer) give_up("memory");
  while (at < end) {
    size_t wish = end - at < 1 << 18 ? (size_t)(end - at) : 1 << 18;
    ssize_t got = syscall(SYS_pread64, from_fd, buffer, wish, at);
    if (got < 0) give_up("read");
    if (got == 0) break; /* it has been cut meanwhile */
    for (ssize_t put = 0, more; put < got; put += more)
      if ((more = syscall(SYS_pwrite64, to_fd, buffer + put, got - put, at + put)) <= 0) give_up("write");
    at += got;
  }
  free(buffer);
}

static off_t size_of(int fd) {
  struct statx about;
  if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_SIZE, &about)) give_up("size");
  return about.stx_size;
}

static void keep_file(int fd, struct node *node) {
  char path[path_room];
  snprintf(path, sizeof path, "%s/files/%s", shadow, node->key);
  pthread_mutex_lock(&node->copying);
  pthread_mutex_lock(&node->marking);
  struct range *dirty = node->dirty;
  size_t count = node->count;
  off_t low = node->low;
  int whole = node->whole || node->mapped, appended = node->appended;
  node->dirty = NULL;
  node->count = node->room = 0;
  node->low = -1;
  node->whole = node->appended = 0;
  pthread_mutex_unlock(&node->marking);

  int to = open_raw(path, O_RDWR | O_CLOEXEC, 0);
  if (to < 0) {
    if ((to = open_raw(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0) give_up(path);
    whole = 1;
  }
  int from = fd;
  if ((syscall(SYS_fcntl, fd, F_GETFL) & O_ACCMODE) == O_WRONLY) {
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if ((from = open_raw(path, O_RDONLY | O_CLOEXEC, 0)) < 0) give_up(path);
  }
  off_t size = size_of(fd), kept = size_of(to);
  if (low >= 0 && low < kept) {
    if (syscall(SYS_ftruncate, to, low)) give_up("cut");
    kept = low;
  }
  if (syscall(SYS_ftruncate, to, size)) give_up("size");
  if (whole) copy(from, to, 0, size);
  else if (appended) copy(from, to, kept, size);
  for (size_t at = 0; at < count && !whole; at++) copy(from, to, dirty[at].from, dirty[at].to < size ? dirty[at].to : size);
  if (from != fd) syscall(SYS_close, from);
  syscall(SYS_close, to);
  free(dirty);
  pthread_mutex_unlock(&node->copying);
}

/* Writes the folder's entries as lines `f|d mode key name`, in one step. */
static void keep_folder(int fd, const struct statx *self) {
  static atomic_uint serial;
  char key[48], path[path_room], next[path_room];
  key_of(self, key);
  snprintf(path, sizeof path, "%s/dirs/%s", shadow, key);
  snprintf(next, sizeof next, "%s/dirs/.%d-%u", shadow, (int)getpid(), atomic_fetch_add(&serial, 1));
  char here[48];
  snprintf(here, sizeof here, "/proc/self/fd/%d", fd);
  DIR *folder = opendir(here);
  if (!folder) give_up("folder");
  FILE *list = fopen(next, "we");
  if (!list) give_up(next);
  for (struct dirent *entry; (entry = readdir(folder));) {
    struct statx about;
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    if (syscall(SYS_statx, dirfd(folder), entry->d_name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, &about)) continue;
    if (!S_ISREG(about.stx_mode) && !S_ISDIR(about.stx_mode)) continue;
    key_of(&about, key);
    fprintf(list, "%c %o %s %s\n", S_ISDIR(about.stx_mode) ? 'd' : 'f', about.stx_mode & 07777, key, entry->d_name);
  }
  closedir(folder);
  if (fclose(list) || rename(next, path)) give_up(path);
}

static void keep(int fd) {
  int before = errno;
  struct node *node = watched(fd);
  struct statx about;
  if (node) keep_file(fd, node);
  else if (root_length && !syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &about) &&
           S_ISDIR(about.stx_mode) && is_below_root(fd))
    keep_folder(fd, &about);
  errno = before;
}

/* ---- the calls ---- */

/* Also keeps what was opened with O_SYNC or O_DSYNC, which is on disk when the write returns. */
static ssize_t wrote(int fd, struct node *node, off_t at, ssize_t put) {
  if (put <= 0) return put;
  int before = errno, flags = syscall(SYS_fcntl, fd, F_GETFL);
  if (flags & O_APPEND) mark_as(node, &node->appended); /* where it landed is the kernel's secret */
  else {
    if (at < 0) at = syscall(SYS_lseek, fd, 0, SEEK_CUR) - put;
    mark(node, at, at + put);
  }
  if (flags & O_DSYNC) keep_file(fd, node);
  errno = before;
  return put;
}

#define WRITES(at, ...)                          \
  struct node *node = watched(fd);               \
  ssize_t put = syscall(__VA_ARGS__);            \
  return node ? wrote(fd, node, at, put) : put

ssize_t write(int fd, const void *data, size_t size) { WRITES(-1, SYS_write, fd, data, size); }
ssize_t writev(int fd, const struct iovec *parts, int count) { WRITES(-1, SYS_writev, fd, parts, count); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { WRITES(at, SYS_pwrite64, fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { WRITES(at, SYS_pwrite64, fd, data, size, at); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { WRITES(at, SYS_pwritev, fd, parts, count, at, 0); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { WRITES(at, SYS_pwritev, fd, parts, count, at, 0); }

int ftruncate(int fd, off_t length) {
  struct node *node = watched(fd);
  int result = syscall(SYS_ftruncate, fd, length);
  if (!result && node) mark_cut(node, length);
  return result;
}
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

static int opened(int fd, int flags) {
  if (fd < 0) return fd;
  forget(fd);
  struct node *node = flags & O_TRUNC && (flags & O_ACCMODE) != O_RDONLY ? watched(fd) : NULL;
  if (node) mark_cut(node, 0);
  return fd;
}

#define WITH_MODE(flags)                             \
  mode_t mode = 0;                                   \
  if ((flags) & (O_CREAT | __O_TMPFILE)) {           \
    va_list rest;                                    \
    va_start(rest, flags);                           \
    mode = va_arg(rest, mode_t);                     \
    va_end(rest);                                    \
  }

int open(const char *path, int flags, ...) { WITH_MODE(flags) return opened(open_raw(path, flags, mode), flags); }
int open64(const char *path, int flags, ...) { WITH_MODE(flags) return opened(open_raw(path, flags | O_LARGEFILE, mode), flags); }
int openat(int at, const char *path, int flags, ...) { WITH_MODE(flags) return opened(syscall(SYS_openat, at, path, flags, mode), flags); }
int openat64(int at, const char *path, int flags, ...) {
  WITH_MODE(flags) return opened(syscall(SYS_openat, at, path, flags | O_LARGEFILE, mode), flags);
}
int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int close(int fd) {
  forget(fd);
  return syscall(SYS_close, fd);
}
int dup2(int fd, int to) {
  forget(to);
  return fd == to ? fcntl(fd, F_GETFD) < 0 ? -1 : to : syscall(SYS_dup3, fd, to, 0);
}
int dup3(int fd, int to, int flags) {
  forget(to);
  return syscall(SYS_dup3, fd, to, flags);
}

void *mmap(void *near, size_t size, int protection, int flags, int fd, off_t at) {
  int shares = (flags & MAP_TYPE) != MAP_PRIVATE && !(flags & MAP_ANONYMOUS) && protection & PROT_WRITE;
  struct node *node = shares ? watched(fd) : NULL;
  if (node) mark_as(node, &node->mapped);
  return (void *)syscall(SYS_mmap, near, size, protection, flags, fd, at);
}
void *mmap64(void *near, size_t size, int protection, int flags, int fd, off64_t at) {
  return mmap(near, size, protection, flags, fd, at);
}

/* Ways of writing whose ranges we do not follow; the next sync copies the whole file. */
#define UNFOLLOWED(fd, ...)                           \
  struct node *node = watched(fd);                    \
  ssize_t result = syscall(__VA_ARGS__);              \
  if (node && result >= 0) mark_as(node, &node->whole); \
  return result

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t size, unsigned flags) {
  UNFOLLOWED(to, SYS_copy_file_range, from, from_at, to, to_at, size, flags);
}
ssize_t sendfile(int to, int from, off_t *at, size_t size) { UNFOLLOWED(to, SYS_sendfile, to, from, at, size); }
ssize_t sendfile64(int to, int from, off64_t *at, size_t size) { UNFOLLOWED(to, SYS_sendfile, to, from, at, size); }
int fallocate(int fd, int mode, off_t at, off_t size) { UNFOLLOWED(fd, SYS_fallocate, fd, mode, at, size); }
int fallocate64(int fd, int mode, off64_t at, off64_t size) { UNFOLLOWED(fd, SYS_fallocate, fd, mode, at, size); }

/* The shadow first: when the caller learns that it is on disk, it is. */
int fsync(int fd) {
  keep(fd);
  return syscall(SYS_fsync, fd);
}
int fdatasync(int fd) {
  keep(fd);
  return syscall(SYS_fdatasync, fd);
}
