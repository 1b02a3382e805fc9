// A link between two network namespaces of the real kernel, and one TCP transfer over it.
//
// Each namespace gets a TAP device. This process carries frames from one to the other as the emulator's wire does:
// a frame may be lost (seeded), waits in a queue of at most QUEUE frames for the wire, takes its length at the rate,
// and arrives after the latency. The kernel's own TCP does the rest. Prints one line of JSON.
//
// Build: gcc -O2 -o relay relay.c      Run as root, see run.sh.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { QUEUE = 1000, RING = 1 << 16, FRAME = 1600 };

struct slot { int64_t leaves, arrives; int length; unsigned char bytes[FRAME]; };

struct wire {
    int from, to;
    uint64_t dice;
    int64_t free_at;
    struct slot *ring;
    unsigned head, count;
    long carried, lost, full, late;
    int64_t worst;
};

static int64_t rate_bps, latency_ns;
static uint32_t loss_threshold;

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) { perror(what); exit(1); }

static void enter(const char *netns) {
    char path[128];
    snprintf(path, sizeof path, "/var/run/netns/%s", netns);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || setns(fd, CLONE_NEWNET) < 0) die(path);
    close(fd);
}

static int open_tap(const char *netns) {
    enter(netns);
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    struct ifreq r = {0};
    r.ifr_flags = IFF_TAP | IFF_NO_PI;
    strcpy(r.ifr_name, "eth0");
    if (fd < 0 || ioctl(fd, TUNSETIFF, &r) < 0) die("tap");
    return fd;
}

static uint64_t draw(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

static void take(struct wire *w) {
    for (;;) {
        unsigned char bytes[FRAME];
        int length = read(w->from, bytes, sizeof bytes);
        if (length <= 0) return;
        int64_t now = now_ns();
        if ((uint32_t)(draw(&w->dice) >> 32) < loss_threshold) { w->lost++; continue; }
        unsigned waiting = 0;
        for (unsigned i = w->count; i > 0; i--) {
            if (w->ring[(w->head + i - 1) % RING].leaves <= now) break;
            waiting++;
        }
        if (waiting > QUEUE || w->count == RING) { w->full++; continue; }
        int64_t start = w->free_at > now ? w->free_at : now;
        w->free_at = start + (length * 8000000000LL + rate_bps - 1) / rate_bps;
        struct slot *s = &w->ring[(w->head + w->count++) % RING];
        s->leaves = w->free_at;
        s->arrives = w->free_at + latency_ns;
        s->length = length;
        memcpy(s->bytes, bytes, length);
    }
}

static int64_t deliver(struct wire *w) {
    while (w->count > 0) {
        struct slot *s = &w->ring[w->head];
        int64_t now = now_ns();
        if (s->arrives > now) return s->arrives;
        if (now - s->arrives > w->worst) w->worst = now - s->arrives;
        if (now - s->arrives > 1000000) w->late++;
        if (write(w->to, s->bytes, s->length) < 0 && errno != EAGAIN) die("write");
        w->carried++;
        w->head = (w->head + 1) % RING;
        w->count--;
    }
    return INT64_MAX;
}

// The sender: connects, sends for SECONDS or BYTES, prints what it saw to `out`.
static void run_sender(const char *congestion, double seconds, long bytes, int out) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (setsockopt(s, IPPROTO_TCP, TCP_CONGESTION, congestion, strlen(congestion)) < 0) die(congestion);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(5001)};
    inet_aton("10.0.0.2", &to.sin_addr);
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) die("connect");
    static char block[65536];
    int64_t end = now_ns() + (int64_t)(seconds * 1e9);
    long given = 0;
    struct timeval tv = {.tv_sec = 0, .tv_usec = 200000};
    setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
    while (bytes > 0 ? given < bytes : now_ns() < end) {
        long want = bytes > 0 && bytes - given < (long)sizeof block ? bytes - given : (long)sizeof block;
        long n = send(s, block, want, MSG_NOSIGNAL);
        if (n > 0) given += n;
        else if (errno != EAGAIN) die("send");
    }
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    getsockopt(s, IPPROTO_TCP, TCP_INFO, &info, &size);
    char text[300];
    int n = snprintf(text, sizeof text,
        "\"acked\": %llu, \"retransmitted\": %u, \"rtt_us\": %u, \"cwnd\": %u, \"sndbuf_limited_us\": %llu",
        (unsigned long long)info.tcpi_bytes_acked, info.tcpi_total_retrans, info.tcpi_rtt, info.tcpi_snd_cwnd,
        (unsigned long long)info.tcpi_sndbuf_limited);
    if (write(out, text, n) != n) die("pipe");
    if (bytes > 0) { shutdown(s, SHUT_WR); char c; tv.tv_sec = 60; while (read(s, &c, 1) > 0) { } }
    _exit(0);
}

static void run_receiver(int out) {
    int l = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(5001)};
    if (bind(l, (struct sockaddr *)&at, sizeof at) < 0 || listen(l, 1) < 0) die("listen");
    int ready = 1;
    if (write(out, &ready, 1) != 1) die("pipe");
    int s = accept(l, NULL, NULL);
    static char block[65536];
    for (long n; (n = read(s, block, sizeof block)) > 0;) { }
    int64_t end = now_ns();
    if (write(out, &end, sizeof end) != sizeof end) die("pipe");
    _exit(0);
}

int main(int argc, char **argv) {
    if (argc != 10) {
        fprintf(stderr, "relay NETNS_A NETNS_B RATE_BPS LATENCY_US LOSS_PER_MILLION SEED CONGESTION SECONDS BYTES\n");
        return 2;
    }
    rate_bps = atoll(argv[3]);
    latency_ns = atoll(argv[4]) * 1000;
    loss_threshold = (uint32_t)(atoll(argv[5]) * 4294967296LL / 1000000);
    uint64_t seed = strtoull(argv[6], NULL, 10);
    double seconds = atof(argv[8]);
    long bytes = atol(argv[9]);
    prctl(PR_SET_TIMERSLACK, 1);
    int a = open_tap(argv[1]), b = open_tap(argv[2]);
    char script[1500];
    snprintf(script, sizeof script,
        "for n in %s:1 %s:2; do i=${n##*:}; n=${n%%%%:*}; o=$((3-i)); x=\"ip -n $n\"; "
        "ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv4.tcp_no_metrics_save=1; "
        "$x link set lo up; $x link set eth0 address 02:00:00:00:00:0$i; $x addr add 10.0.0.$i/24 dev eth0; "
        "$x link set eth0 up; $x neigh add 10.0.0.$o lladdr 02:00:00:00:00:0$o dev eth0 nud permanent; done",
        argv[1], argv[2]);
    if (system(script) != 0) die("ip");
    int up[2], down[2];
    if (pipe(up) < 0 || pipe(down) < 0) die("pipe");
    pid_t receiver = fork();
    if (receiver == 0) { enter(argv[2]); run_receiver(down[1]); }
    char ready;
    if (read(down[0], &ready, 1) != 1) die("receiver");
    int64_t began = now_ns();
    pid_t sender = fork();
    if (sender == 0) { enter(argv[1]); run_sender(argv[7], seconds, bytes, up[1]); }
    struct wire w[2] = {{.from = a, .to = b, .dice = seed * 2 + 1}, {.from = b, .to = a, .dice = seed * 2 + 2}};
    for (int i = 0; i < 2; i++) {
        draw(&w[i].dice); w[i].dice = draw(&w[i].dice);
        w[i].ring = calloc(RING, sizeof(struct slot));
    }
    int done = 0;
    int64_t finished = 0;
    char text[400] = {0};
    while (!done) {
        int64_t next = INT64_MAX;
        for (int i = 0; i < 2; i++) { take(&w[i]); int64_t n = deliver(&w[i]); if (n < next) next = n; }
        int64_t wait = next == INT64_MAX ? 100000000 : next - now_ns();
        if (wait < 0) wait = 0;
        struct timespec t = {wait / 1000000000, wait % 1000000000};
        struct pollfd p[4] = {{a, POLLIN, 0}, {b, POLLIN, 0}, {up[0], POLLIN, 0}, {down[0], POLLIN, 0}};
        ppoll(p, text[0] ? 2 + 2 * (bytes > 0) : 3, &t, NULL);
        if (!text[0] && (p[2].revents & POLLIN)) {
            if (read(up[0], text, sizeof text - 1) <= 0) die("sender");
            if (bytes <= 0) { finished = now_ns(); done = 1; }
        }
        if (text[0] && bytes > 0) {
            struct pollfd q = {down[0], POLLIN, 0};
            if (poll(&q, 1, 0) == 1 && read(down[0], &finished, sizeof finished) == sizeof finished) done = 1;
        }
    }
    printf("{\"seed\": %llu, \"congestion\": \"%s\", \"seconds\": %.4f, \"bytes\": %ld, %s, \"carried\": [%ld, %ld], "
        "\"lost\": [%ld, %ld], \"full\": [%ld, %ld], \"late_1ms\": [%ld, %ld], \"worst_us\": [%ld, %ld]}\n",
        (unsigned long long)seed, argv[7], (finished - began) / 1e9, bytes, text, w[0].carried, w[1].carried,
        w[0].lost, w[1].lost, w[0].full, w[1].full, w[0].late, w[1].late,
        (long)(w[0].worst / 1000), (long)(w[1].worst / 1000));
    kill(sender, SIGKILL);
    kill(receiver, SIGKILL);
    return 0;
}
