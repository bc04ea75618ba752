/* A stand-in for NVIDIA's management library. Its structures are declared here as in the published header nvml.h. */
#include <stddef.h>
#include <string.h>

typedef int nvmlReturn_t;
typedef struct device { unsigned index; } *nvmlDevice_t;
typedef struct { unsigned long long total, free, used; } nvmlMemory_t;
typedef struct { unsigned int gpu, memory; } nvmlUtilization_t;
typedef struct {
  unsigned int pid;
  unsigned long long usedGpuMemory;
  unsigned int gpuInstanceId;
  unsigned int computeInstanceId;
} nvmlProcessInfo_t;

_Static_assert(sizeof(nvmlMemory_t) == 24, "memory");
_Static_assert(sizeof(nvmlUtilization_t) == 8, "utilization");
_Static_assert(sizeof(nvmlProcessInfo_t) == 24, "process");
_Static_assert(offsetof(nvmlProcessInfo_t, usedGpuMemory) == 8, "used memory");

#define NOT_SUPPORTED 3
#define INSUFFICIENT_SIZE 7
#define NOT_AVAILABLE 0xffffffffffffffffull
#define PROCESSES 70

static struct device devices[2] = {{0}, {1}};

nvmlReturn_t nvmlInit_v2(void) { return 0; }
nvmlReturn_t nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return 0; }
nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned index, nvmlDevice_t *device) { *device = &devices[index]; return 0; }
nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t device, char *name, unsigned length) {
  strncpy(name, device->index == 0 ? "Stand-in A" : "Stand-in B", length);
  return 0;
}
nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t *memory) {
  if (device->index == 1) return NOT_SUPPORTED;
  *memory = (nvmlMemory_t){.total = 150000000000ull, .free = 149000000000ull, .used = 1000000000ull};
  return 0;
}
nvmlReturn_t nvmlDeviceGetUtilizationRates(nvmlDevice_t device, nvmlUtilization_t *rates) {
  if (device->index == 1) return NOT_SUPPORTED;
  *rates = (nvmlUtilization_t){.gpu = 37, .memory = 5};
  return 0;
}
nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t device, unsigned *count, nvmlProcessInfo_t *infos) {
  if (device->index == 1) return NOT_SUPPORTED;
  unsigned room = *count;
  *count = PROCESSES;
  if (room < PROCESSES) return INSUFFICIENT_SIZE;
  for (unsigned i = 0; i < PROCESSES; i++)
    infos[i] = (nvmlProcessInfo_t){.pid = 100 + i, .usedGpuMemory = i == 1 ? NOT_AVAILABLE : 5000000000ull + i};
  return 0;
}
nvmlReturn_t nvmlDeviceGetGraphicsRunningProcesses_v3(nvmlDevice_t device, unsigned *count, nvmlProcessInfo_t *infos) {
  (void)infos;
  *count = 0;
  return device->index == 1 ? NOT_SUPPORTED : 0;
}
