make.exe
