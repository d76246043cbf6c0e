/* Beside `net.rs`: in a user namespace with one user, nobody can become another one. */
#include <sys/types.h>
int initgroups(const char *user, gid_t group) { (void)user; (void)group; return 0; }
int setgroups(size_t count, const gid_t *list) { (void)count; (void)list; return 0; }
int setuid(uid_t user) { (void)user; return 0; }
int seteuid(uid_t user) { (void)user; return 0; }
int setreuid(uid_t real, uid_t effective) { (void)real; (void)effective; return 0; }
int setresuid(uid_t real, uid_t effective, uid_t saved) { (void)real; (void)effective; (void)saved; return 0; }
int setgid(gid_t group) { (void)group; return 0; }
int setegid(gid_t group) { (void)group; return 0; }
int setregid(gid_t real, gid_t effective) { (void)real; (void)effective; return 0; }
