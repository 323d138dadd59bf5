/* A driver for pcscd whose readers do as their files say: "empty", "card", anything else: they
 * fail. Unlike vpcd's they can fail, and they take escape commands, which are noted in a file.
 */
#include <ifdhandler.h>
#include <stdio.h>
#include <string.h>

#define READERS 16

static char files[READERS][256];

static const char *place(DWORD lun) { return files[(lun >> 16) % READERS]; }

static RESPONSECODE now(DWORD lun)
{
    char word[16] = "";
    FILE *file = fopen(place(lun), "r");
    if (file != NULL) {
        if (fscanf(file, "%15s", word) != 1)
            word[0] = 0;
        fclose(file);
    }
    if (strcmp(word, "card") == 0)
        return IFD_ICC_PRESENT;
    return strcmp(word, "empty") == 0 ? IFD_ICC_NOT_PRESENT : IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name)
{
    snprintf(files[(lun >> 16) % READERS], sizeof files[0], "%s", name);
    return now(lun) == IFD_COMMUNICATION_ERROR ? IFD_NO_SUCH_DEVICE : IFD_SUCCESS;
}

RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel) { return IFD_NO_SUCH_DEVICE; }

RESPONSECODE IFDHCloseChannel(DWORD lun) { return IFD_SUCCESS; }

RESPONSECODE IFDHICCPresence(DWORD lun) { return now(lun); }

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value)
{
    if (tag != TAG_IFD_SIMULTANEOUS_ACCESS && tag != TAG_IFD_SLOTS_NUMBER)
        return IFD_ERROR_TAG;
    *length = 1;
    *value = tag == TAG_IFD_SLOTS_NUMBER ? 1 : READERS;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value)
{
    return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1,
                                       UCHAR pts2, UCHAR pts3)
{
    return IFD_SUCCESS;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD length)
{
    static const UCHAR contactless[] = {0x3B, 0x80, 0x80, 0x01, 0x01};
    if (action == IFD_POWER_DOWN) {
        *length = 0;
        return IFD_SUCCESS;
    }
    if (now(lun) != IFD_ICC_PRESENT)
        return IFD_ERROR_POWER_ACTION;
    memcpy(atr, contactless, sizeof contactless);
    *length = sizeof contactless;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send, PUCHAR command, DWORD size,
                               PUCHAR answer, PDWORD length, PSCARD_IO_HEADER received)
{
    static const UCHAR uid[] = {0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6, 0x90, 0x00};
    if (now(lun) != IFD_ICC_PRESENT || *length < sizeof uid)
        return IFD_COMMUNICATION_ERROR;
    memcpy(answer, uid, sizeof uid);
    *length = sizeof uid;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR command, DWORD size, PUCHAR answer,
                         DWORD room, LPDWORD length)
{
    char log[300];
    FILE *file;
    DWORD i;
    snprintf(log, sizeof log, "%s.escapes", place(lun));
    file = fopen(log, "a");
    if (file == NULL || room < 2)
        return IFD_COMMUNICATION_ERROR;
    for (i = 0; i < size; i++)
        fprintf(file, "%02X", command[i]);
    fprintf(file, "\n");
    fclose(file);
    answer[0] = 0x90;
    answer[1] = 0x00;
    *length = 2;
    return IFD_SUCCESS;
}
