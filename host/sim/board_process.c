#include "board_process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "status.h"

/* In the board's process. A signal to the group reaches it too, but it is the supervisor's to answer; so are the commands. */
static void run(board_main_fn board, void *board_ctx, int wake_fd, const sigset_t *blocked)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    sigprocmask(SIG_SETMASK, blocked, NULL);
    const int null_fd = open("/dev/null", O_RDONLY);
    if (null_fd >= 0) {
        dup2(null_fd, STDIN_FILENO);
        close(null_fd);
    }
    exit(board(board_ctx, wake_fd));
}

int board_process_start(board_process_t *process, board_main_fn board, void *board_ctx, const sigset_t *blocked)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        return HOST_IO;
    }
    const pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        run(board, board_ctx, ends[1], blocked);
    }
    const int cause = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        errno = cause;
        return HOST_IO;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    process->pid = pid;
    process->wake_fd = ends[0];
    return HOST_OK;
}

void board_process_wake(const board_process_t *process, char byte)
{
    if (process->wake_fd >= 0) {
        /* A full buffer holds a wake-up already. */
        const ssize_t ignored = send(process->wake_fd, &byte, 1, MSG_NOSIGNAL);
        (void)ignored;
    }
}

int board_process_reap(board_process_t *process)
{
    int status = 0;
    while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR) {
    }
    close(process->wake_fd);
    process->pid = 0;
    process->wake_fd = -1;
    return status;
}

int board_process_kill(board_process_t *process)
{
    kill(process->pid, SIGKILL);
    return board_process_reap(process);
}
