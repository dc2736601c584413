# What a run could leave inside a node. A line is: what it is called, TAB, the command that shows it, TAB, its state.
# Left out is what Kubernetes itself changes while nothing is wrong: mounts, routes and rules of pods and containers.

say() { printf '%s\t%s\t%s\n' "$1" "$2" "$3"; }
digest() { sha256sum | cut -c1-12; }

for unit in kubelet containerd; do
  say "service $unit" "systemctl status $unit" "$(systemctl is-active "$unit" || true), $(systemctl is-enabled "$unit" || true)"
done
# timers and services that were started by hand, the lab's own dead-man's switches among them
systemctl list-units --all --plain --no-legend --type=service,timer 'firedrill-*' 'run-*' |
  while read -r unit _ active _; do say "unit $unit" "systemctl status $unit" "$active"; done

find /etc/systemd/system /etc/kubernetes /etc/containerd /etc/cni/net.d /var/lib/kubelet/config.yaml \
  /var/lib/kubelet/kubeadm-flags.env /etc/hosts /etc/resolv.conf -type f -exec sha256sum {} + 2>/dev/null |
  while read -r sum path; do say "file $path" "ls -l $path" "content ${sum:0:12}"; done || true

# a file of more than a megabyte in a place that nothing of Kubernetes grows in
find / /var -xdev -maxdepth 3 \( -path /usr -o -path /kind -o -path /var/lib/containerd -o -path /proc -o -path /sys \
  -o -path /dev -o -path /run \) -prune -o -type f -size +1M -print 2>/dev/null |
  while read -r path; do say "large file $path" "ls -l $path" there; done || true

while read -r _ path type options _; do
  case $path in
    /var/lib/kubelet/pods/* | /run/containerd/* | /var/lib/containerd/* | /run/netns/* | /var/run/*) ;;
    /run/user/* | /run/credentials/* | /sys/* | /proc/* | /dev/*) ;;
    *) say "mount $path" "cat /proc/mounts" "$type ${options%%,*}" ;;
  esac
done </proc/mounts

losetup --noheadings --list --output NAME,BACK-INO,BACK-FILE | while read -r device inode path; do
  # every node sees all devices of the host; this node's are those whose file is the one here
  if [[ $(stat -c %i "$path" 2>/dev/null || true) == "$inode" ]]; then
    say "loop device $device" "losetup --list $device" "$path"
  fi
done

# a pod's route leads to its veth; the kernel's own tables follow the addresses
{ ip -4 route show table all; ip -6 route show table all; } | grep -Ev ' dev veth| dev lo |^(local|broadcast|multicast|anycast) ' |
  while read -r target rest; do say "route $target" "ip route show table all" "$rest"; done || true
ip rule | while read -r rule; do say "routing rule ${rule%%:*}" "ip rule" "${rule#*:}"; done
ip -o link show eth0 | while read -r _ _ flags _ mtu _; do say "link eth0" "ip link show eth0" "$flags mtu $mtu"; done
tc qdisc show dev eth0 | while read -r _ kind _ rest; do say "qdisc eth0" "tc qdisc show dev eth0" "$kind $rest"; done
say "sysctl ip_forward" "cat /proc/sys/net/ipv4/ip_forward" "$(cat /proc/sys/net/ipv4/ip_forward)"

# kube-proxy and the network agent rewrite their tables with every Service, policy and pod: there it is the hooks that stay
nft list tables | while read -r _ family table; do
  # the engine's resolver listens on ports that it chooses anew whenever the node's container starts
  rules=$(nft --stateless list table "$family" "$table" 2>/dev/null |
    sed -E 's/(127\.0\.0\.11:|saddr 127\.0\.0\.11 (tcp|udp) sport )[0-9]+/\1PORT/' || true)
  case $table in
    kube-proxy | firedrill*) rules=$(grep -E '^\s*type .* hook ' <<<"$rules" | sort || true) ;;
  esac
  say "firewall table $family $table" "nft list table $family $table" "content $(digest <<<"$rules")"
done

# stopped by a signal: it is there and does nothing
ps -eo stat=,comm= | while read -r state name; do
  case $state in [Tt]*) say "process $name" "ps -eo stat,pid,comm" stopped ;; esac
done
