// SPDX-License-Identifier: Apache-2.0
#include "sim/rtl/loader.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>

namespace lilong::rtl {

namespace fs = std::filesystem;

namespace {

std::string fileName(std::string_view preset, std::string_view flavour) {
  return fmt::format("liblilong_rtl_{}_{}.so", preset, flavour);
}

// The folder of the library or program that this code is part of, and of the program.
std::vector<fs::path> ownFolders() {
  std::vector<fs::path> folders;
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&fileName), &info) != 0 && info.dli_fname) {
    folders.push_back(fs::path(info.dli_fname).parent_path());
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back(program.parent_path());
  return folders;
}

std::vector<fs::path> searchFolders(const std::string& folder) {
  if (!folder.empty()) return {folder};
  if (const char* variable = std::getenv("LILONG_RTL_DIR"); variable && *variable) {
    return {variable};
  }
  std::vector<fs::path> result;
  for (fs::path at : ownFolders()) {
    std::error_code error;
    at = fs::absolute(at, error);
    if (error) continue;
    result.push_back(at);
    for (int level = 0; level < 5 && at.has_relative_path(); ++level, at = at.parent_path()) {
      result.push_back(at / "rtl_modules");
      result.push_back(at / "lib" / "lilong");
    }
  }
  return result;
}

}  // namespace

std::string findFile(const std::string& name, const std::string& folder) {
  for (const fs::path& at : searchFolders(folder)) {
    std::error_code error;
    const fs::path file = at / name;
    if (fs::is_regular_file(file, error)) return file.string();
  }
  return {};
}

std::string findModule(std::string_view preset, std::string_view flavour,
                       const std::string& folder) {
  return findFile(fileName(preset, flavour), folder);
}

Result<const Module*> loadModule(std::string_view preset, std::string_view flavour,
                                 const std::string& folder) {
  const std::string file = findModule(preset, flavour, folder);
  if (file.empty()) {
    Error error = makeError(DiagId::deviceUnavailable,
                            fmt::format("there is no Verilated chip for preset '{}', flavour '{}' "
                                        "({} was not found)",
                                        preset, flavour, fileName(preset, flavour)));
    error.diagnostics[0].remedy = fmt::format(
        "Build it with cmake -DLILONG_RTL_PRESETS={} -DLILONG_RTL_FLAVOURS={}, or name its folder "
        "in LILONG_RTL_DIR",
        preset, flavour);
    return error;
  }
  static std::mutex mutex;
  static std::map<std::string, const Module*> loaded;
  const std::lock_guard<std::mutex> lock(mutex);
  if (auto found = loaded.find(file); found != loaded.end()) return found->second;

  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char* reason = dlerror();
    return makeError(DiagId::deviceUnavailable,
                     fmt::format("the module cannot be loaded: {}", reason ? reason : "?"), file);
  }
  auto function = reinterpret_cast<ModuleFunction>(dlsym(handle, "lilong_rtl_module"));
  const Module* module = function ? function() : nullptr;
  if (!module || module->abi != kModuleAbi || preset != module->preset ||
      flavour != module->flavour) {
    dlclose(handle);
    return makeError(DiagId::deviceUnavailable,
                     "the module is of another version of this program", file);
  }
  loaded[file] = module;
  return module;
}

}  // namespace lilong::rtl
