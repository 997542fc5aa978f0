# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line: what can be said, and who does it."""

import argparse
import os
import sys

from .lab import Lab
from .system import LabError, UsageError


def inner(name, words):
    """Commands that the lab's own processes use. They skip argparse: a power controller is asked often."""
    from . import machine
    verb, lab_args = words[0], words[1:]
    if verb == "_init":
        from . import nodeinit
        return nodeinit.main(name, lab_args[0])
    lab = Lab(name)
    if verb == "_machine":
        return machine.supervise(lab, lab_args[0])
    if verb == "_chassis":
        return machine.chassis(lab, lab_args[0], lab_args[1:])
    if verb == "_witness":
        from . import witness
        return witness.main(lab)
    if verb == "_workload":
        from . import workload
        return workload.main(lab, lab_args)
    if verb == "_impair":
        from . import impair
        return impair.main(lab, lab_args)
    return 2


def main(argv):
    if len(argv) > 2 and argv[0] == "--name" and argv[2].startswith("_"):
        return inner(argv[1], argv[2:])
    parser = build_parser()
    args, rest = parser.parse_known_args(argv)
    if rest and args.command == "crm_mon":
        # argparse does not take an option for a remainder if it comes first.
        args.argv = rest + args.argv
    elif rest:
        parser.error(f"unknown: {' '.join(rest)}")
    if os.geteuid() != 0:
        print("vouch-lab: namespaces, mounts and power need root; type: sudo vouch-lab …", file=sys.stderr)
        return 1
    # What is made for the nodes has exact modes; the caller's umask must not change them.
    os.umask(0o022)
    try:
        return args.run(Lab(args.name), args) or 0
    except LabError as error:
        print(f"vouch-lab: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1


# --- the parser -----------------------------------------------------------------------------------------

EPILOG = """exit status: 0 done or as it should be, 1 failed or not as it should be, 2 wrong usage, 3 could not be checked

a first tour:
  vouch-lab up --prefix-root STAGE     three nodes, PostgreSQL under vouch (STAGE: make install DESTDIR=STAGE)
  vouch-lab workload start             clients that record every acknowledged commit
  vouch-lab power off n1               pull the plug of the primary
  vouch-lab wait promoted --not n1
  vouch-lab workload stop
  vouch-lab verify                     is every acknowledged commit still there?
  vouch-lab down
"""


def build_parser():
    parser = argparse.ArgumentParser(prog="vouch-lab", description="A cluster of real nodes on one machine: Corosync, "
                                     "Pacemaker, fencing over IPMI and PostgreSQL, each node in namespaces of its own.",
                                     epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="vouch", help="which lab; several can be up at once (default: vouch)")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name, run, help, *arguments, **more):
        sub = commands.add_parser(name, help=help, description=more.get("about", help))
        for flags, settings in arguments:
            sub.add_argument(*flags, **settings)
        sub.set_defaults(run=run)

    def arg(*flags, **settings):
        return flags, settings

    node = arg("node", metavar="NODE", help="n1, n2, …")
    timeout = arg("--timeout", type=float, default=60, metavar="S", help="give up after S seconds (default: 60)")

    command("up", cmd_up, "bring the lab up",
            arg("--nodes", type=int, default=3, metavar="N", help="how many nodes, 1 to 9 (default: 3)"),
            arg("--sync-k", type=int, default=None, metavar="K",
                help="the contract: a commit waits for K standbys, 0 is asynchronous (default: half of the nodes)"),
            arg("--prefix-root", metavar="STAGE", help="lay STAGE/usr over /usr inside the nodes, nothing is installed "
                "on this machine (a tree made by: make install DESTDIR=STAGE)"),
            arg("--no-database", action="store_true", help="only Corosync, Pacemaker and fencing"),
            arg("--stonith-action", choices=("off", "reboot"), default="off",
                help="what fencing does to a node (default: off, so that a dead node stays dead)"),
            arg("--transport", choices=("knet", "udpu"), default="knet", help="Corosync's transport (default: knet)"),
            arg("--agent", default="ocf:vouch:postgresql", metavar="ocf:PROVIDER:TYPE",
                help="resource agent of pgsql-clone; paf is short for ocf:heartbeat:pgsqlms, "
                "which needs what packages-paf lists (default: ocf:vouch:postgresql)"),
            arg("--passwords", action="store_true",
                help="PostgreSQL asks the replication role for a password, which is in a passfile (default: trust)"),
            arg("--keep", action="store_true", help="if it fails, leave everything as it is for a look"),
            arg("--manual-replication", action="store_true", help=argparse.SUPPRESS))
    command("down", cmd_down, "take the lab down and remove every trace")
    command("state", cmd_state, "one line per node: power, membership, role, faults in force",
            arg("--json", action="store_true", help="the same as JSON"))
    command("exec", cmd_exec, "run a command on a node", node,
            arg("argv", nargs=argparse.REMAINDER, metavar="-- CMD …", help="the command and its arguments"))
    command("shell", cmd_shell, "a root shell on a node", node)
    command("power", cmd_power, "work a node's power button, over IPMI as the cluster does",
            arg("verb", choices=("on", "off", "cycle", "status")), node)
    command("isolate", cmd_isolate, "cut a node off from the others, from the clients and from the power controllers", node,
            arg("--only", choices=("corosync", "sql", "in", "out"), default="all",
                help="corosync: only the cluster's own traffic; sql: only port 5432; in, out: only one direction"))
    command("heal", cmd_heal, "undo isolate, stall, netem and fencing faults, on one node or on all",
            arg("node", nargs="?", metavar="NODE", help="n1, n2, … (default: all)"))
    command("stall", cmd_stall, "stall replication: what the primary sends to the standbys from port 5432 is dropped, "
            "Corosync and the clients notice nothing")
    command("unstall", cmd_unstall, "let replication go on")
    command("pause", cmd_pause, "stop all PostgreSQL processes of a node where they are (SIGSTOP)", node)
    command("resume", cmd_resume, "let them go on (SIGCONT)", node)
    command("netem", cmd_netem, "make a node's link bad", node,
            arg("argv", nargs=argparse.REMAINDER, metavar="WORDS",
                help="[in|out|both] and what netem understands: delay 50ms [10ms], loss 20%%, duplicate 5%%, corrupt 1%%; "
                     "or: off. Default direction: out, what the node sends"))
    command("fencing", cmd_fencing, "make a node's power controller work, fail (every off is refused), lie (every off is "
            "said to be done and is not) or be deaf (no answer)",
            arg("mode", choices=("works", "fails", "lies", "deaf")), node)
    command("workload", cmd_workload, "clients that insert rows and record every acknowledged commit",
            arg("verb", choices=("start", "stop", "status")),
            arg("--clients", type=int, default=4, metavar="C", help="how many (default: 4)"),
            arg("--rate", type=float, default=0, metavar="R",
                help="at most R commits per second and client (default: 0, as fast as it goes)"),
            arg("--pinned", action="store_true", help="each client stays with one node and asks it every 20 ms whether it "
                "is the primary: the first commit after a failover is seen when it is possible"),
            arg("--json", action="store_true", help="status as JSON"))
    command("verify", cmd_verify, "is every acknowledged commit on the primary, and were there never two writable nodes?",
            arg("--on", metavar="NODE", help="look for the commits on this node instead of the primary"),
            arg("--json", action="store_true", help="the result as JSON"))
    command("wait", cmd_wait, "wait until something is so",
            arg("what", choices=("promoted", "online", "offline", "idle", "off"),
                help="promoted: a node is promoted and takes writes; online, offline: what the cluster says of --node; "
                     "idle: the cluster has nothing left to do; off: --node has no power"),
            arg("--node", metavar="NODE", help="this node and no other"),
            arg("--not", dest="other_than", metavar="NODE", help="any node but this one"), timeout)
    command("logs", cmd_logs, "a node's logs", node,
            arg("which", nargs="?", choices=("pacemaker", "corosync", "postgresql", "console", "path"), default="pacemaker",
                help="which log; path: print where all of them are (default: pacemaker)"),
            arg("-n", "--lines", type=int, default=40, metavar="L", help="only the last L lines, 0 for all (default: 40)"))
    command("crm_mon", cmd_crm_mon, "the cluster as crm_mon -1 shows it, asked on a node with quorum",
            arg("argv", nargs=argparse.REMAINDER, metavar="OPTIONS", help="options for crm_mon"))
    return parser


# --- the commands ---------------------------------------------------------------------------------------


def cmd_up(lab, args):
    from . import paf, updown
    if not 1 <= args.nodes <= 9:
        raise UsageError(f"--nodes {args.nodes}: from 1 to 9")
    k = args.nodes // 2 if args.sync_k is None else args.sync_k
    if not 0 <= k <= args.nodes - 1:
        raise UsageError(f"--sync-k {k}: {args.nodes} nodes have {args.nodes - 1} standbys")
    if args.no_database and args.manual_replication:
        raise UsageError("--no-database and --manual-replication exclude each other")
    if args.passwords and (args.manual_replication or args.agent != "ocf:vouch:postgresql"):
        raise UsageError("--passwords is for ocf:vouch:postgresql only")
    return updown.up(lab, {
        "nodes": args.nodes, "sync_k": k, "database": not args.no_database, "manual": args.manual_replication,
        "prefix_root": os.path.realpath(args.prefix_root) if args.prefix_root else None,
        "agent": paf.AGENT if args.agent == paf.NAME else args.agent,
        "stonith_action": args.stonith_action, "transport": args.transport,
        "passwords": args.passwords,
    }, keep=args.keep)


def cmd_down(lab, args):
    from . import updown
    return updown.down(lab)


def cmd_state(lab, args):
    lab.require()
    from . import state
    return state.show(lab, args.json)


def command_words(args, default=None):
    words = args.argv[1:] if args.argv[:1] == ["--"] else args.argv
    if not words and default is None:
        raise UsageError(f"{args.command}: what? See: vouch-lab {args.command} --help")
    return words or default


def cmd_exec(lab, args):
    lab.require()
    from . import nodes
    line = nodes.enter(lab, lab.check_node(args.node), command_words(args), terminal())
    os.execvp(line[0], line)


def cmd_shell(lab, args):
    lab.require()
    from . import nodes
    line = nodes.enter(lab, lab.check_node(args.node), ["bash", "--norc"], {**terminal(), "PS1": f"[{args.node}] \\w # "})
    os.execvp(line[0], line)


def terminal():
    return {"TERM": os.environ["TERM"]} if "TERM" in os.environ else {}


def cmd_power(lab, args):
    lab.require()
    from . import faults
    return faults.power(lab, args.verb, lab.check_node(args.node))


def cmd_isolate(lab, args):
    lab.require()
    from . import faults
    return faults.isolate(lab, lab.check_node(args.node), args.only)


def cmd_heal(lab, args):
    lab.require()
    from . import faults
    return faults.heal(lab, [lab.check_node(args.node)] if args.node else lab.nodes)


def cmd_stall(lab, args):
    lab.require()
    from . import faults
    return faults.stall(lab)


def cmd_unstall(lab, args):
    lab.require()
    from . import faults
    return faults.unstall(lab)


def cmd_pause(lab, args):
    lab.require()
    from . import faults
    return faults.pause(lab, lab.check_node(args.node))


def cmd_resume(lab, args):
    lab.require()
    from . import faults
    return faults.resume(lab, lab.check_node(args.node))


def cmd_netem(lab, args):
    lab.require()
    from . import impair
    return impair.set_link(lab, lab.check_node(args.node), command_words(args))


def cmd_fencing(lab, args):
    lab.require()
    from . import faults
    return faults.fencing(lab, lab.check_node(args.node), args.mode)


def cmd_workload(lab, args):
    lab.require()
    from . import workload
    if not lab.options["database"]:
        raise LabError(f"this lab has no database (--no-database); type: {lab.command('down')}, then {lab.command('up')}")
    return {"start": workload.start, "stop": workload.stop, "status": workload.status}[args.verb](lab, args)


def cmd_verify(lab, args):
    lab.require()
    from . import verify
    return verify.verify(lab, lab.check_node(args.on) if args.on else None, args.json)


def cmd_wait(lab, args):
    lab.require()
    from . import state
    for name in (args.node, args.other_than):
        if name:
            lab.check_node(name)
    return state.wait(lab, args.what, args.node, args.other_than, args.timeout)


def cmd_logs(lab, args):
    lab.require()
    from . import state
    return state.logs(lab, lab.check_node(args.node), args.which, args.lines)


def cmd_crm_mon(lab, args):
    lab.require()
    from . import nodes, pacemaker
    node = pacemaker.some_node(lab)
    line = nodes.enter(lab, node, ["crm_mon", "-1", *command_words(args, [])], terminal())
    print(f"(asked on {node})", flush=True)
    os.execvp(line[0], line)
