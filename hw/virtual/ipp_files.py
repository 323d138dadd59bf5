"""The files that the private cupsd, its D-Bus and ``ippeveprinter`` read."""

from __future__ import annotations

import grp
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

F4 = "om_f4_215x330mm"
_F4_SIZE = "{MEMBER integer x-dimension 21500 MEMBER integer y-dimension 33000}"
_F4_COLLECTION = (
    f'{{MEMBER keyword media-size-name "{F4}" MEMBER collection media-size {_F4_SIZE} '
    "MEMBER integer media-bottom-margin 423 MEMBER integer media-left-margin 423 "
    "MEMBER integer media-right-margin 423 MEMBER integer media-top-margin 423 "
    'MEMBER keyword media-source "main" MEMBER keyword media-type "stationery"}'
)
# In the order that ippeveprinter's page for supplies has them, whatever was said before.
_WASTE = (
    "index=1;class=receptacleThatIsFilled;type=wasteToner;unit=percent;maxcapacity=100;level=25;"
    "colorantname=unknown;"
)
_TONER = (
    "index=2;class=supplyThatIsConsumed;type=toner;unit=percent;maxcapacity=100;level=80;"
    "colorantname=black;"
)
_TRAY = (
    "type=sheetFeedAutoRemovableTray;mediafeed=33000;mediaxfeed=21500;maxcapacity=250;level=100;"
    "status=0;name=main;"
)

BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

ATTRIBUTES = f"""\
ATTR text printer-make-and-model "Anjungan Virtual Page Printer"
ATTR mimeMediaType document-format-supported "application/pdf"
ATTR keyword media-supported "{F4}","iso_a4_210x297mm"
ATTR keyword media-default "{F4}"
ATTR keyword media-ready "{F4}"
ATTR keyword media-source-supported "main"
ATTR keyword media-type-supported "stationery"
ATTR collection media-col-ready {_F4_COLLECTION}
ATTR octetString printer-supply "{_WASTE}","{_TONER}"
ATTR octetString printer-input-tray "{_TRAY}"
ATTR text printer-supply-description "Waste Toner","Black Toner"
ATTR collection media-size-supported {_F4_SIZE}
ATTR collection media-col-default {_F4_COLLECTION}
ATTR collection media-col-database {_F4_COLLECTION}
ATTR integer media-bottom-margin-supported 423
ATTR integer media-left-margin-supported 423
ATTR integer media-right-margin-supported 423
ATTR integer media-top-margin-supported 423
ATTR boolean color-supported true
ATTR keyword print-color-mode-supported "auto","color","monochrome"
ATTR keyword print-color-mode-default "auto"
ATTR keyword print-scaling-supported "auto","none","fit"
ATTR keyword print-scaling-default "auto"
ATTR keyword sides-supported "one-sided"
ATTR keyword sides-default "one-sided"
ATTR resolution printer-resolution-supported 600dpi
ATTR resolution printer-resolution-default 600dpi
ATTR integer copies-default 1
ATTR rangeOfInteger copies-supported 1-9
"""

# ippeveprinter runs this for each job and reads STATE lines from its standard error. The
# sheet is moved into the tray in one step, so that nobody sees half a file. It does not stop
# the command of a job that was cancelled, nor when it loses its power, so the command asks
# whether it is still wanted.
COMMAND = """\
#!/bin/sh
trouble={trouble}
tray={tray}
last=
is_wanted() {{
    ! ipptool -tv -T 20 -d "job=$IPP_JOB_ID" "$IPP_JOB_PRINTER_URI" {question} 2>&1 |
        grep -qiE 'canceled|aborted-by|to-stop-point|not-found|connect|refused'
}}
while [ -s "$trouble" ] && is_wanted; do
    last=$(cat "$trouble")
    echo "STATE: +$last" >&2
    sleep 0.2
done
[ -z "$last" ] || echo "STATE: -$last" >&2
is_wanted || exit 1
count=$(ls "$tray" | grep -c '\\.pdf$')
sheet=$(printf '%s/letter-%03d' "$tray" $((count + 1)))
cp "$1" "$sheet.part" && mv "$sheet.part" "$sheet.pdf"
"""

IS_WANTED = """\
{
    OPERATION Get-Job-Attributes
    GROUP operation-attributes-tag
    ATTR charset attributes-charset utf-8
    ATTR naturalLanguage attributes-natural-language en
    ATTR uri printer-uri $uri
    ATTR integer job-id $job
    ATTR name requesting-user-name $user
    ATTR keyword requested-attributes job-state-reasons
    STATUS successful-ok
}
"""

CANCEL = "cancel.test"
CANCEL_JOB = """\
{
    OPERATION Cancel-Job
    GROUP operation-attributes-tag
    ATTR charset attributes-charset utf-8
    ATTR naturalLanguage attributes-natural-language en
    ATTR uri printer-uri $uri
    ATTR integer job-id $job
    ATTR name requesting-user-name $user
    STATUS successful-ok
}
"""

CUPSD = """\
Listen 127.0.0.1:{port}
LogLevel warn
Browsing Off
DefaultShared No
WebInterface No
DefaultAuthType None
PreserveJobFiles No
DirtyCleanInterval 0
<Location />
  Order allow,deny
  Allow from 127.0.0.1
</Location>
<Policy default>
  JobPrivateAccess all
  JobPrivateValues none
  SubscriptionPrivateAccess all
  SubscriptionPrivateValues none
  <Limit All>
    Order allow,deny
    Allow from 127.0.0.1
  </Limit>
</Policy>
"""

CUPS_FILES = """\
ServerRoot {folder}
DocumentRoot {folder}
CacheDir {folder}/cache
StateDir {folder}/state
RequestRoot {folder}/spool
TempDir {folder}/tmp
AccessLog {folder}/access_log
ErrorLog {log}
PageLog {folder}/page_log
SystemGroup {group}
"""

# A queue without a PPD hands the PDF on as it is: no filter can scale the letter.
PRINTERS = """\
<DefaultPrinter {queue}>
Info {queue}
DeviceURI {uri}
State Idle
Accepting Yes
Shared No
ErrorPolicy abort-job
OpPolicy default
</DefaultPrinter>
"""


@dataclass(frozen=True, slots=True)
class MachineFiles:
    """What ``ippeveprinter`` is started with."""

    attributes: Path
    command: Path
    spool: Path


def write_bus(folder: Path, bus: Path) -> Path:
    """The configuration of a D-Bus that nobody else is on."""
    path = folder / "bus.conf"
    path.write_text(BUS.format(socket=bus))
    return path


def write_machine(folder: Path, tray: Path, trouble: Path) -> MachineFiles:
    """An F4 printer whose sheets land in ``tray`` and that waits while ``trouble`` has text."""
    files = MachineFiles(folder / "machine.conf", folder / "machine.sh", folder / "machine")
    files.attributes.write_text(ATTRIBUTES)
    question = folder / "is-wanted.test"
    question.write_text(IS_WANTED)
    (folder / CANCEL).write_text(CANCEL_JOB)
    files.command.write_text(
        COMMAND.format(
            trouble=shlex.quote(str(trouble)),
            tray=shlex.quote(str(tray)),
            question=shlex.quote(str(question)),
        )
    )
    files.command.chmod(0o755)
    files.spool.mkdir(exist_ok=True)
    return files


def write_cups(folder: Path, log: Path, port: int, queue: str, uri: str) -> tuple[Path, Path]:
    """cupsd.conf, cups-files.conf and printers.conf with one raw queue."""
    for name in ("cache", "state", "spool", "tmp"):
        (folder / name).mkdir(parents=True)
    config, files = folder / "cupsd.conf", folder / "cups-files.conf"
    config.write_text(CUPSD.format(port=port))
    group = grp.getgrgid(os.getgid()).gr_name
    files.write_text(CUPS_FILES.format(folder=folder, log=log, group=group))
    (folder / "printers.conf").write_text(PRINTERS.format(queue=queue, uri=uri))
    return config, files
